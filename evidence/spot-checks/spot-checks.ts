import { isSameLot, type MonthFacts, type SpotCheck, type SpotChecksFacts } from '../../policies/checks/spot-checks.ts';
import type { Act } from '../act.ts';
import type { DrawnMonth, SampleSource } from './samples.ts';

type SpotCheckAct = Extract<Act, { act: 'spot-check' }>;

/** What people found who looked at what was drawn, in the order of the log. */
export class SpotChecks {
  readonly #samples: SampleSource;
  readonly #checks = new Map<string, SpotCheck[]>();

  constructor(samples: SampleSource) {
    this.#samples = samples;
  }

  /** Whether an act is about something that the sample of its month names. */
  isDrawn({ month, host, policy, control }: SpotCheckAct): boolean {
    const sample = this.#samples.month(month)?.sample ?? [];
    return sample.some((lot) => isSameLot(lot, { host, policy, control }));
  }

  take({ month, host, policy, control, found }: SpotCheckAct, recorded: string): void {
    const checks = this.#checks.get(month) ?? [];
    this.#checks.set(month, [...checks, { host, policy, control, found, recorded }]);
  }

  of(month: string): readonly SpotCheck[] {
    return this.#checks.get(month) ?? [];
  }

  /** The samples of months that began after a moment. */
  drawnAfter(moment: string): DrawnMonth[] {
    return this.#samples.after(moment);
  }

  /** @param asked since when the document is followed that asks for them */
  facts(asked: string | undefined): SpotChecksFacts {
    const drawn = asked === undefined ? [] : this.#samples.after(asked);
    const months = drawn.map(({ month, first, population, sealed, sample }): MonthFacts => {
      const checks = [...this.of(month)];
      return {
        ...{ month, begun: first.receivedAt, population, drawn: sealed?.receivedAt ?? null },
        ...{ sample: [...sample], checks },
      };
    });
    return { asked: asked ?? null, months };
  }
}
