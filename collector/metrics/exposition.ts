import type { Fleet } from '../state/fleet.ts';
import type { HostState } from '../state/host-state.ts';
import type { PolicyShelf } from '../state/shelf.ts';
import { Chunk } from './chunk.ts';
import { familyNames, type FamilyName } from './families.ts';
import { familyHeader, sample, type Format } from './format.ts';
import { HostLines } from './host-lines.ts';
import { LineBook, type Lines } from './line-book.ts';
import { keptControls, renderHost, renderVolatile, type LineKey, type RenderedHost } from './rendered-host.ts';
import { bucketOf, isInShard, wholeFleet, type Shard } from './shard.ts';
import { FleetTotals } from './totals.ts';

export interface ExpositionInput {
  readonly fleet: Fleet;
  readonly shelf: PolicyShelf;
  /** With more controls on all hosts than this, `waarborg_control_compliant` tells only what is not compliant. */
  readonly seriesLimit: number;
  /** What else there is to tell, asked at each scrape: of the log, of people. */
  readonly sources?: readonly ((at: Date) => Lines)[];
}

/** The fleet and the organisation as Prometheus scrapes them. */
export class Exposition {
  readonly #input: ExpositionInput;
  readonly #hosts = new HostLines();
  readonly #totals = new FleetTotals();

  constructor(input: ExpositionInput) {
    this.#input = input;
  }

  /** Renders a host anew, because it reported or time changed what may be believed of it. */
  update(host: HostState, at: Date): void {
    const { fleet, shelf } = this.#input;
    const { agent, content } = host;
    const standing = fleet.standing(host, at);
    const before = this.#hosts.get(agent);
    // Most reports say only that all is still as it was.
    const isSame = before?.content === content && before.standing === standing;
    const rendered = isSame ? before : this.#render(host, standing, at, shelf);
    this.#hosts.set(agent, rendered, renderVolatile(host));
    if (isSame) return;
    if (before !== undefined) this.#totals.remove(before);
    this.#totals.add(rendered);
  }

  /** Drops the series of a host that is no longer shown. */
  remove(agent: string): void {
    const before = this.#hosts.get(agent);
    if (before === undefined) return;
    this.#totals.remove(before);
    this.#hosts.delete(agent);
  }

  /** All series of a shard, as they are now: what is reported while they are sent does not change them. */
  chunks(at: Date, format: Format, shard: Shard = wholeFleet): Chunk[] {
    this.#ageHosts(at);
    const others = [this.#neverSeen(shard), ...(shard.number === 0 ? this.#ofFleet(at) : [])];
    return familyNames.flatMap((family) => {
      const pieces = others.flatMap((lines) => lines.get(family) ?? []);
      const chunks = [
        ...this.#keysOf(family).flatMap((key) => this.#hosts.chunks(key, shard)),
        ...(pieces.length > 0 ? [new Chunk(pieces)] : []),
      ];
      return chunks.length > 0 ? [headers[format][family], ...chunks] : [];
    });
  }

  /** A host that fell silent since it was rendered must not stay green, nor an exception outlive its end. */
  #ageHosts(at: Date): void {
    const { fleet } = this.#input;
    for (const host of fleet.each()) {
      if (this.#hosts.get(host.agent)?.standing !== fleet.standing(host, at)) this.update(host, at);
    }
  }

  #render(host: HostState, standing: string, at: Date, shelf: PolicyShelf): RenderedHost {
    const { fleet } = this.#input;
    const controls = fleet.controls(host, at);
    return {
      content: host.content,
      standing,
      freshness: fleet.freshness(host, at).state,
      lines: renderHost(host, controls, shelf),
      verdicts: controls.map(({ verdict }) => verdict),
    };
  }

  #keysOf(family: FamilyName): LineKey[] {
    const isReduced = this.#totals.series > this.#input.seriesLimit;
    return family === 'waarborg_control_compliant' && !isReduced ? [family, keptControls] : [family];
  }

  /** What is told once, however many shards there are. */
  #ofFleet(at: Date): Lines[] {
    const { fleet, shelf, seriesLimit, sources = [] } = this.#input;
    const { series } = this.#totals;
    const lines = new LineBook();
    for (const state of ['fresh', 'stale', 'clock-ahead'] as const) {
      lines.add('waarborg_hosts', { state }, this.#totals.hosts(state));
    }
    lines.add('waarborg_hosts', { state: 'never-seen' }, fleet.neverSeen().length);
    lines.add('waarborg_control_series', {}, series);
    lines.add('waarborg_control_series_limit', {}, seriesLimit);
    lines.add('waarborg_control_series_reduced', {}, series > seriesLimit ? 1 : 0);
    return [lines.texts(), this.#totals.render(shelf), ...sources.map((source) => source(at))];
  }

  #neverSeen(shard: Shard): Lines {
    const family = 'waarborg_host_last_report_timestamp_seconds';
    const absent = this.#input.fleet.neverSeen().filter(({ agent }) => isInShard(bucketOf(agent), shard));
    const lines = absent.map(({ agent }) => sample(family, { host: agent }, 0));
    return lines.length > 0 ? new Map([[family, lines.join('')]]) : new Map();
  }
}

const headers: Readonly<Record<Format, Readonly<Record<FamilyName, Chunk>>>> = {
  text: headersOf('text'),
  openmetrics: headersOf('openmetrics'),
};

function headersOf(format: Format): Record<FamilyName, Chunk> {
  const chunks = familyNames.map((name) => [name, new Chunk([familyHeader(name, format)])] as const);
  return Object.fromEntries(chunks) as Record<FamilyName, Chunk>;
}
