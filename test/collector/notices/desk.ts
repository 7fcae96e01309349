import { pino } from 'pino';
import { Notices } from '../../../collector/notices/notices.ts';
import { condition, type Condition, type ConditionKind, type Outcome } from '../../../collector/notices/condition.ts';
import { NoticesSettings } from '../../../collector/notices/settings.ts';

/** Notices of made-up matters, on a clock that the test moves. */
export class Desk implements AsyncDisposable {
  now: Date;
  matters: readonly Condition[] = [];
  /** What becomes of a matter that is gone from the list. */
  outcome: Outcome = 'well';
  readonly logged: string[] = [];
  readonly #data: string;
  readonly #settings: NoticesSettings;
  #notices: Notices;

  constructor(data: string, settings: object, now: string) {
    this.now = new Date(now);
    this.#data = data;
    this.#settings = NoticesSettings.parse(settings);
    this.#notices = this.#open();
  }

  get notices(): Notices {
    return this.#notices;
  }

  /** Looks and sends once, so many seconds later. */
  async after(seconds: number, matters = this.matters): Promise<void> {
    this.now = new Date(this.now.getTime() + seconds * 1000);
    this.matters = matters;
    await this.#notices.round();
  }

  /** Ends and begins again on the same data. */
  async restart(): Promise<void> {
    await this.#notices.stop();
    this.#notices = this.#open();
  }

  subjects(): string[] {
    return this.#notices.messages().map(({ subject }) => subject);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#notices.stop();
  }

  #open(): Notices {
    const kinds: ConditionKind[] = ['control-fails', 'waiver-ends', 'host-stale', 'term-near', 'evidence-behind'];
    return new Notices({
      settings: this.#settings,
      data: this.#data,
      origin: 'test.example/log',
      sources: [{ kinds, conditions: () => this.matters, outcome: () => this.outcome }],
      now: () => this.now,
      log: pino({ level: 'info' }, { write: (line: string) => void this.logged.push(line) }),
    });
  }
}

export function failure(host: string, more: Partial<Condition> = {}): Condition {
  const control = more.control ?? 'EX-tls';
  return condition('control-fails', `${host} example ${control}`, {
    ...{ severity: 'critical', policy: 'example', control, host, labels: { role: 'web' } },
    title: { nl: 'Alleen TLS 1.2', en: 'TLS 1.2 only' },
    reasons: [
      {
        code: 'tls.accepts-old',
        verdict: 'fail',
        subject: `${host}:443`,
        values: { versions: 'TLSv1', minimum: 'TLSv1.2' },
      },
    ],
    values: { since: '2026-03-02T10:00:00.000Z' },
    ...more,
  });
}

export function waiverEnds(): Condition {
  return condition('waiver-ends', 'waiver-1', {
    ...{ policy: 'example', control: 'EX-tls', title: { nl: 'Alleen TLS 1.2', en: 'TLS 1.2 only' } },
    values: { id: 'waiver-1', until: '2026-03-10T00:00:00.000Z' },
  });
}
