import { everlasting, isWithin, overlap, sideOf, type Span } from '../policies/moments.ts';
import type { WaiverState } from './organisation.ts';
import { spanOfWaiver } from './waivers.ts';

interface Excused {
  /** While no act changes the exceptions, the same ones hold at these moments. */
  readonly span: Span;
  /** Of all hosts, as `policy control`. */
  readonly everywhere: readonly string[];
  readonly byHost: ReadonlyMap<string, readonly string[]>;
}

/** The controls that hosts are excused from by exceptions that were approved: looked up for each report and each act. */
export class ExcusedControls {
  readonly #waivers: ReadonlyMap<string, WaiverState>;
  #known: Excused | undefined;

  constructor(waivers: ReadonlyMap<string, WaiverState>) {
    this.#waivers = waivers;
  }

  /** To be called when the exceptions may have changed. */
  forget(): void {
    this.#known = undefined;
  }

  /** As `policy control`. */
  of(host: string, at: Date): readonly string[] {
    if (this.#known === undefined || !isWithin(this.#known.span, at)) this.#known = this.#read(at);
    const { everywhere, byHost } = this.#known;
    const own = byHost.get(host);
    return own === undefined ? everywhere : [...everywhere, ...own];
  }

  #read(at: Date): Excused {
    let known = everlasting;
    const everywhere: string[] = [];
    const byHost = new Map<string, string[]>();
    for (const waiver of this.#waivers.values()) {
      const span = spanOfWaiver(waiver);
      if (span === undefined) continue;
      known = overlap(known, sideOf(span, at));
      if (!isWithin(span, at)) continue;
      const { policy, control, scope } = waiver.asked;
      const name = `${policy} ${control}`;
      if (scope.of === 'organisation') everywhere.push(name);
      else for (const host of scope.hosts) byHost.set(host, [...(byHost.get(host) ?? []), name]);
    }
    return { span: known, everywhere, byHost };
  }
}
