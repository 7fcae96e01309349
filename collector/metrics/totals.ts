import { shownVerdicts, type ShownVerdict } from '../state/fleet.ts';
import type { PolicyShelf } from '../state/shelf.ts';
import { LineBook, type Lines } from './line-book.ts';
import type { RenderedHost } from './rendered-host.ts';

type Counts = Map<ShownVerdict, number>;
type Counted = Pick<RenderedHost, 'content' | 'verdicts' | 'freshness'>;
type Document = RenderedHost['content']['policies'][number];

/** Figures over all hosts. Counted on as hosts come, change and go: a scrape must not look at each control of each. */
export class FleetTotals {
  readonly #controls = new Map<string, Map<string, Counts>>();
  readonly #documents = new Map<string, { readonly document: Document; hosts: number }>();
  readonly #states = new Map<RenderedHost['freshness'], number>();
  #series = 0;
  #rendered: Lines | undefined;

  /** Controls on all hosts. */
  get series(): number {
    return this.#series;
  }

  /** Hosts by the worth of their last report. */
  hosts(freshness: RenderedHost['freshness']): number {
    return this.#states.get(freshness) ?? 0;
  }

  add(host: Counted): void {
    this.#count(host, 1);
  }

  remove(host: Counted): void {
    this.#count(host, -1);
  }

  render(shelf: PolicyShelf): Lines {
    this.#rendered ??= this.#render(shelf);
    return this.#rendered;
  }

  #count({ content, verdicts, freshness }: Counted, by: 1 | -1): void {
    this.#rendered = undefined;
    this.#series += by * verdicts.length;
    this.#states.set(freshness, (this.#states.get(freshness) ?? 0) + by);
    for (const [index, { policy, control }] of content.controls.entries()) {
      const verdict = verdicts[index];
      if (verdict === undefined) continue;
      const counts = countsOf(this.#controls, policy, control);
      counts.set(verdict, (counts.get(verdict) ?? 0) + by);
    }
    for (const document of content.policies) {
      const known = this.#documents.get(document.digest);
      if (known === undefined) this.#documents.set(document.digest, { document, hosts: by });
      else known.hosts += by;
    }
  }

  #render(shelf: PolicyShelf): Lines {
    const lines = new LineBook();
    for (const [policy, controls] of sorted(this.#controls)) {
      const shown = sorted(controls).filter(([, counts]) => [...counts.values()].some((count) => count > 0));
      if (shown.length === 0) continue;
      for (const verdict of shownVerdicts) {
        const count = shown.reduce((sum, [, counts]) => sum + (counts.get(verdict) ?? 0), 0);
        lines.add('waarborg_policy_controls', { policy, verdict }, count);
      }
      for (const [control, counts] of shown) {
        for (const verdict of shownVerdicts) {
          lines.add('waarborg_control_hosts', { policy, control, verdict }, counts.get(verdict) ?? 0);
        }
      }
    }
    this.#renderControlInfo(lines, shelf);
    return lines.texts();
  }

  /** Of each policy the newest version that a host reported. */
  #renderControlInfo(lines: LineBook, shelf: PolicyShelf): void {
    const newest = new Map<string, Document>();
    for (const { document, hosts } of this.#documents.values()) {
      if (hosts > 0 && document.version > (newest.get(document.policy)?.version ?? 0)) {
        newest.set(document.policy, document);
      }
    }
    for (const [policy, { digest }] of sorted(newest)) {
      for (const { id, check, clause, severity, title } of shelf.get(digest)?.controls ?? []) {
        const labels = { policy, control: id, check, clause, severity, title: title.en, title_nl: title.nl };
        lines.add('waarborg_control_info', labels, 1);
      }
    }
  }
}

function countsOf(policies: Map<string, Map<string, Counts>>, policy: string, control: string): Counts {
  let controls = policies.get(policy);
  if (controls === undefined) policies.set(policy, (controls = new Map<string, Counts>()));
  let counts = controls.get(control);
  if (counts === undefined) controls.set(control, (counts = new Map<ShownVerdict, number>()));
  return counts;
}

function sorted<Value>(map: ReadonlyMap<string, Value>): [string, Value][] {
  return [...map].sort(([a], [b]) => (a < b ? -1 : 1));
}
