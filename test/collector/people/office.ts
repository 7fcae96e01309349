import { OrganisationWindow } from '../../../collector/people/shown.ts';
import { Fleet } from '../../../collector/state/fleet.ts';
import type { HostState } from '../../../collector/state/host-state.ts';
import { PolicyShelf } from '../../../collector/state/shelf.ts';
import { Organisation } from '../../../evidence/organisation.ts';
import type { MadeUpLog } from '../reports/evidence.ts';

/** What people did in a made-up log, up to a moment, as the collector's pages and metrics look at it. */
export class MadeUpOffice {
  readonly book: { organisation: Organisation; revision: number } = { organisation: new Organisation(), revision: 0 };
  readonly window: OrganisationWindow;
  readonly #log: MadeUpLog;
  #taken = 0;

  constructor(log: MadeUpLog, hosts: readonly HostState[] = []) {
    this.#log = log;
    const shelf = new PolicyShelf(log.documents.values());
    this.window = new OrganisationWindow(this.book, shelf, new Fleet(hosts, 3600, []));
  }

  /** Takes in the acts until a moment, that moment too. */
  at(moment: string): Date {
    for (const entry of this.#log.entries.slice(this.#taken)) {
      if (entry.receivedAt > moment) break;
      this.#taken += 1;
      if (entry.kind !== 'act') continue;
      this.book.organisation.take(entry);
      this.book.revision += 1;
    }
    return new Date(moment);
  }

  verdicts(moment: string): Record<string, string> {
    const { controls } = this.window.at(this.at(moment));
    return Object.fromEntries(controls.map(({ control, verdict }) => [control, verdict]));
  }
}
