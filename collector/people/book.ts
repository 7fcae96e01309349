import type { ActTaken } from '../../evidence/act.ts';
import { decodeEntry } from '../../evidence/entry.ts';
import { HeardHosts, type HeardSource } from '../../evidence/heard.ts';
import { Organisation, type ActFlaw } from '../../evidence/organisation.ts';
import { StoreError } from '../store/database.ts';
import type { Store } from '../store/store.ts';
import { CustomerHosts } from './customer-hosts.ts';

/** What people did, as the log now has it: read once, and kept with every act that is added. */
export class OrganisationBook {
  readonly #store: Store;
  readonly #heard: HeardSource;
  #organisation: Organisation;
  #customers: CustomerHosts;
  #revision = 0;

  /**
   * @param heard knows the hosts of the log
   * @throws StoreError where the store's index of acts is not that of the log
   */
  constructor(store: Store, heard: HeardSource = new HeardHosts()) {
    this.#store = store;
    this.#heard = heard;
    ({ organisation: this.#organisation, customers: this.#customers } = readActs(store, heard));
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

  flaw(act: Pick<ActTaken, 'act' | 'by' | 'role'>): ActFlaw | undefined {
    return this.#organisation.flawOf(act);
  }

  /** The transaction came to nothing: so did the acts in it. */
  undo(): void {
    ({ organisation: this.#organisation, customers: this.#customers } = readActs(this.#store, this.#heard));
    this.#revision += 1;
  }
}

function readActs(store: Store, heard: HeardSource): { organisation: Organisation; customers: CustomerHosts } {
  const organisation = new Organisation(heard);
  const customers = new CustomerHosts();
  for (const { index, bytes } of store.acts()) {
    const entry = decodeEntry(bytes);
    if (entry.kind !== 'act') throw new StoreError('store.damaged', `entry ${index} is no act, as the index says`);
    if (organisation.take(entry) === undefined) customers.take(entry);
  }
  return { organisation, customers };
}
