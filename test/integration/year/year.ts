import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Collector } from '../../../collector/collector.ts';
import { HistoryAnswer, OrganisationAnswer, RosterPart } from '../../../collector/people/exchange.ts';
import { rosterText } from '../../../commands/people/roster.ts';
import { packed, packParts } from '../../../commands/people/said.ts';
import { rosterPartName, type Act } from '../../../evidence/act.ts';
import { pack, type PackedPart } from '../../../evidence/exchange.ts';
import type { Verification } from '../../../evidence/verify.ts';
import type { Policy } from '../../../policies/load.ts';
import type { Observation } from '../../../policies/observe.ts';
import { collectorOn } from '../../support/road.ts';
import { audited as auditedBy } from '../../collector/administration/operator.ts';
import type { SmtpServer } from '../../support/servers/smtp.ts';
import { YearHost } from './host.ts';
import { hostPolicies, yearPolicies } from './policies.ts';
import { startReceiver, type Receiver } from './receiver.ts';

/** Anna runs things, Bram approves; each has a token of his own. */
export type Person = 'anna' | 'bram';

/** What is said and handed in with an act. */
export interface Said {
  readonly text?: string;
  readonly file?: readonly string[];
  readonly roster?: RosterPart;
}

/** What a verifier says of a bundle, beside what the collector showed when it was exported. */
export interface Audit {
  readonly at: string;
  readonly audited: Verification;
  readonly shown: readonly Observation[];
}

const minute = 60_000;
const day = 24 * 60 * minute;

/** When hosts report: in the Netherlands at eight in winter, when reminders are due, and at nine in summer. */
const morning = 7 * 60 * minute;

/** Between two entries of a log that does not fall silent. */
const awakeEvery = 18 * minute;

/**
 * A collector that lives through a year within seconds. Its clock is moved; hosts report each morning through its ingest,
 * people act over its API, and it is looked at whenever something may have changed.
 */
export class Year implements AsyncDisposable {
  readonly data: string;
  readonly policies: readonly Policy[] = yearPolicies();
  /** Each change of a control of the organisation, as `moment control verdict reasons`. */
  readonly verdicts: string[] = [];
  /** What was told by webhook, as `moment text`. */
  readonly told: string[] = [];
  readonly audits: Audit[] = [];
  readonly #folder: string;
  readonly #hosts: readonly YearHost[];
  readonly #clock: { now: Date };
  readonly #collector: Collector & AsyncDisposable;
  readonly #receiver: Receiver;
  readonly #secrets: Readonly<Record<Person | 'auditor', string>>;
  readonly #standing = new Map<string, string>();
  /** Lines of registers, as they were when it was last looked. */
  #records: OrganisationAnswer['records'] = [];
  /** By line of the register of people and when it was written: what it says beside the log. */
  readonly #rosters = new Map<string, RosterPart | null>();

  private constructor(
    folder: string,
    open: {
      clock: { now: Date };
      collector: Collector & AsyncDisposable;
      receiver: Receiver;
    },
  ) {
    this.#folder = folder;
    this.data = join(folder, 'data');
    this.#clock = open.clock;
    this.#collector = open.collector;
    this.#receiver = open.receiver;
    this.#hosts = ['db1', 'web1', 'web2'].map((name) => new YearHost(`${name}.example.nl`, this.policies));
    const secretOf = (role: 'operator' | 'approver' | 'auditor'): string =>
      open.collector.tokens.create({ role, label: '', validity: 500 * 86_400 }, open.clock.now).secret;
    this.#secrets = { anna: secretOf('operator'), bram: secretOf('approver'), auditor: secretOf('auditor') };
  }

  /** Opens the collector at the first moment of 2026, and enrols the hosts. */
  static async begin(folder: string, { port }: Pick<SmtpServer, 'port'>): Promise<Year> {
    const clock = { now: new Date('2026-01-01T00:00:00Z') };
    const receiver = await startReceiver();
    const secretFile = join(folder, 'secret');
    writeFileSync(secretFile, `whsec_${Buffer.alloc(32).toString('base64')}`);
    const receivers = [
      { name: 'desk', language: 'en', window: '1s', webhook: { url: receiver.url, secretFile } },
      { name: 'board', language: 'nl', window: '1s', severity: 'critical', mail: ['board@example.nl'] },
    ];
    const mail = { host: '127.0.0.1', port, from: 'waarborg@example.nl' };
    const config = { staleAfter: '25h', notices: { mail, receivers } };
    const collector = await collectorOn(join(folder, 'data'), { now: () => clock.now, config });
    const year = new Year(folder, { clock, collector, receiver });
    for (const host of year.#hosts) await host.enrol(collector, join(folder, host.name), clock.now);
    return year;
  }

  get now(): Date {
    return this.#clock.now;
  }

  host(name: string): YearHost {
    const found = this.#hosts.find((one) => one.name === `${name}.example.nl`);
    if (found === undefined) throw new Error(`no host ${name}`);
    return found;
  }

  /** Lives on until a moment: each morning's reports, and what the collector makes of them. */
  async until(moment: string): Promise<void> {
    const end = Date.parse(moment);
    if (end < this.now.getTime() - minute) throw new Error(`${moment} lies before ${this.now.toISOString()}`);
    for (const next of momentsBetween(this.now.getTime(), end)) {
      this.#clock.now = new Date(next);
      await this.#hear();
      await this.#look();
    }
    // What is done at one moment is done within a minute of it.
    this.#clock.now = new Date(Math.max(end, this.now.getTime()));
  }

  /** Has hosts report so often for a while that the log itself is never silent: then a host that says nothing is. */
  async stayAwake(until: string): Promise<void> {
    while (this.now.getTime() < Date.parse(until)) {
      this.#clock.now = new Date(this.now.getTime() + awakeEvery);
      await this.#hear();
    }
    await this.#look();
  }

  /** What an auditor makes of all there is by now, and what the collector shows at that moment. */
  async audit(): Promise<void> {
    const audited = auditedBy(this.data, join(this.#folder, `bundle-${this.audits.length}`));
    this.audits.push({ at: this.#stamp(), audited, shown: (await this.shown()).observations });
  }

  /** Somebody does something at a moment. */
  async act(moment: string, by: Person, act: Act, said: Said = {}): Promise<void> {
    await this.until(moment);
    const { roster, text, file = [] } = said;
    const parts = packParts({ ...(text === undefined ? {} : { text }), file: file.map((name) => this.#file(name)) });
    await this.#post(by, act, [...parts, ...(roster === undefined ? [] : [packed(rosterPartName, roster)])]);
    await this.#look();
  }

  /** The organisation holds itself to all documents from here on. */
  async follow(moment: string): Promise<void> {
    await this.until(moment);
    const follows = this.policies.map(({ policy, version, digest }) => ({ policy, version, digest }));
    const unknown = this.policies.filter(({ policy }) => !hostPolicies.some((one) => one === policy));
    const documents = unknown.map(({ digest, text }) => ({ digest, zstd: pack(Buffer.from(text)) }));
    await this.#post('anna', { act: 'follow', policies: follows }, [], documents);
    await this.#look();
  }

  /** What the collector shows of the organisation now. */
  async shown(): Promise<OrganisationAnswer> {
    return OrganisationAnswer.parse(await this.#get('/api/v1/organisation'));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#collector[Symbol.asyncDispose]();
    await this.#receiver[Symbol.asyncDispose]();
  }

  async #hear(): Promise<void> {
    const roster = await this.#rosterOf('web1.example.nl');
    const elsewhere = rosterText([], undefined, this.now);
    for (const host of this.#hosts) host.roster = host.name === 'web1.example.nl' ? roster : elsewhere;
    await Promise.all(this.#hosts.map((host) => host.report(this.#collector, this.now)));
  }

  /** As `waarborg people roster` prints it. */
  async #rosterOf(host: string): Promise<string> {
    const people = [];
    for (const { id, record, changed } of this.#records) {
      if (record.of === 'person') people.push({ id, record, roster: await this.#rosterPart(id, changed) });
    }
    return rosterText(people, host, this.now);
  }

  async #rosterPart(id: string, changed: string): Promise<RosterPart | null> {
    const known = this.#rosters.get(`${id} ${changed}`);
    if (known !== undefined) return known;
    const { acts } = HistoryAnswer.parse(await this.#get(`/api/v1/acts/${id}`));
    const parts = acts.findLast((one) => rosterPartName in one.parts)?.parts;
    const roster = RosterPart.nullable().parse(parts?.[rosterPartName] ?? null);
    this.#rosters.set(`${id} ${changed}`, roster);
    return roster;
  }

  #stamp(): string {
    return this.now.toISOString().slice(0, 16);
  }

  /** Has the collector look, send what is due by now, and writes down what came of it. */
  async #look(): Promise<void> {
    const stamp = this.#stamp();
    await this.#collector.look();
    this.#clock.now = new Date(this.now.getTime() + 2000);
    await this.#collector.look();
    this.told.push(
      ...this.#receiver
        .take()
        // The collector gives its findings random names.
        .map(({ text }) => `${stamp} ${text.replace(/case-[0-9a-f]{12}/, 'case-…')}`)
        .sort(),
    );
    const { records, observations } = await this.shown();
    this.#records = records;
    for (const { control, verdict, reasons } of observations) {
      const why = [...new Set(reasons.filter((one) => one.verdict === verdict).map(({ code }) => code))].sort();
      const standing = `${verdict} ${why.join(' ')}`;
      if (this.#standing.get(control) !== standing) this.verdicts.push(`${stamp} ${control} ${standing}`);
      this.#standing.set(control, standing);
    }
  }

  #file(name: string): string {
    const path = join(this.#folder, name);
    writeFileSync(path, `${name} of a year that never was\n`);
    return path;
  }

  async #post(by: Person, act: Act, parts: readonly PackedPart[], policies: readonly object[] = []): Promise<void> {
    const response = await fetch(`${this.#collector.url}/api/v1/acts`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${this.#secrets[by]}` },
      body: JSON.stringify({ v: 1, act, parts, policies }),
    });
    if (!response.ok) throw new Error(`${this.now.toISOString()} ${act.act}: ${await response.text()}`);
    await response.arrayBuffer();
  }

  async #get(path: string): Promise<unknown> {
    const headers = { authorization: `Bearer ${this.#secrets.auditor}` };
    const response = await fetch(`${this.#collector.url}${path}`, { headers });
    if (!response.ok) throw new Error(`${path}: ${response.status}`);
    return response.json();
  }
}

/** Reports come each morning; on the first of a month once more, so that its sample is drawn that day. */
function momentsBetween(from: number, until: number): number[] {
  const moments: number[] = [];
  for (let start = Math.floor(from / day) * day; start <= until; start += day) {
    const again = new Date(start).getUTCDate() === 1 ? [start + morning + 60 * minute] : [];
    moments.push(start + morning, ...again);
  }
  return moments.filter((moment) => from < moment && moment <= until);
}
