import { everlasting, isWithin, overlap, sideOf, type Span } from '../policies/moments.ts';
import type { WaiverState } from './organisation.ts';
import { spanOfWaiver } from './waivers.ts';

interface InForce {
  /** While no act changes the exceptions, the same ones hold at these moments. */
  readonly span: Span;
  readonly ofAll: readonly WaiverState[];
  readonly byHost: ReadonlyMap<string, readonly WaiverState[]>;
}

/** The exceptions that hold at a moment: asked for each host again and again, and seldom others than before. */
export class WaiversInForce {
  readonly #waivers: ReadonlyMap<string, WaiverState>;
  #known: InForce | undefined;

  constructor(waivers: ReadonlyMap<string, WaiverState>) {
    this.#waivers = waivers;
  }

  /** To be called when the exceptions may have changed. */
  forget(): void {
    this.#known = undefined;
  }

  /** Those that are for a host, among others or with all. */
  of(host: string, at: Date): readonly WaiverState[] {
    if (this.#known === undefined || !isWithin(this.#known.span, at)) this.#known = this.#read(at);
    const { ofAll, byHost } = this.#known;
    const own = byHost.get(host);
    return own === undefined ? ofAll : [...ofAll, ...own];
  }

  #read(at: Date): InForce {
    let known = everlasting;
    const ofAll: WaiverState[] = [];
    const byHost = new Map<string, WaiverState[]>();
    for (const waiver of this.#waivers.values()) {
      const span = spanOfWaiver(waiver);
      if (span === undefined) continue;
      known = overlap(known, sideOf(span, at));
      if (!isWithin(span, at)) continue;
      const { scope } = waiver.asked;
      if (scope.of === 'organisation') ofAll.push(waiver);
      else for (const host of new Set(scope.hosts)) byHost.set(host, [...(byHost.get(host) ?? []), waiver]);
    }
    return { span: known, ofAll, byHost };
  }
}
