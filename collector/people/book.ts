import type { ActTaken } from '../../evidence/act.ts';
import { decodeEntry } from '../../evidence/entry.ts';
import { HeardHosts, type HeardSource } from '../../evidence/heard.ts';
import { Organisation, type ActFlaw } from '../../evidence/organisation.ts';
import { noSamples, type SampleSource } from '../../evidence/spot-checks/samples.ts';
import { countVerdicts } from '../../evidence/report.ts';
import type { HostState } from '../state/host-state.ts';
import { StoreError } from '../store/database.ts';
import type { Store } from '../store/store.ts';
import { CustomerHosts } from './customer-hosts.ts';

/** What people did, as the log now has it: read once, and kept with every act that is added. */
export class OrganisationBook {
  readonly #store: Store;
  readonly #heard: HeardSource;
  readonly #samples: SampleSource;
  #organisation: Organisation;
  #customers: CustomerHosts;
  #revision = 0;

  /**
   * @param heard knows the hosts of the log
   * @param samples knows what is to be looked at
   * @throws StoreError where the store's index of acts is not that of the log
   */
  constructor(store: Store, heard: HeardSource = new HeardHosts(), samples: SampleSource = noSamples) {
    this.#store = store;
    this.#heard = heard;
    this.#samples = samples;
    ({ organisation: this.#organisation, customers: this.#customers } = this.#read());
  }

  get organisation(): Organisation {
    return this.#organisation;
  }

  get customers(): CustomerHosts {
    return this.#customers;
  }

  /** Another one whenever anything may have changed. */
  get revision(): number {
    return this.#revision;
  }

  /** An act in the transaction under way; `flaw` must have been asked of it. */
  stage(taken: ActTaken, index: number): void {
    this.#store.addAct(index);
    this.#organisation.take(taken);
    this.#customers.take(taken);
    this.#revision += 1;
  }

  /** How many controls hosts fail now: where more fail than findings stand for, nobody can tell that these are examined. */
  weigh(hosts: Iterable<Pick<HostState, 'agent' | 'content'>>, at: Date): void {
    const { owed } = this.#organisation;
    const before = JSON.stringify(owed.owed());
    const known = new Set<string>();
    for (const { agent, content } of hosts) {
      known.add(agent);
      owed.report(agent, countVerdicts(content.controls).fail, at.toISOString());
    }
    owed.keepOnly(known);
    if (JSON.stringify(owed.owed()) !== before) this.#revision += 1;
  }

  flaw(act: Pick<ActTaken, 'act' | 'by' | 'role'>): ActFlaw | undefined {
    return this.#organisation.flawOf(act);
  }

  /** The transaction came to nothing: so did the acts in it. */
  undo(): void {
    ({ organisation: this.#organisation, customers: this.#customers } = this.#read());
    this.#revision += 1;
  }

  #read(): { organisation: Organisation; customers: CustomerHosts } {
    return readActs(this.#store, new Organisation(this.#heard, this.#samples));
  }
}

function readActs(store: Store, organisation: Organisation): { organisation: Organisation; customers: CustomerHosts } {
  const customers = new CustomerHosts();
  for (const { index, bytes } of store.acts()) {
    const entry = decodeEntry(bytes);
    if (entry.kind !== 'act') throw new StoreError('store.damaged', `entry ${index} is no act, as the index says`);
    if (organisation.take(entry) === undefined) customers.take(entry);
  }
  return { organisation, customers };
}
