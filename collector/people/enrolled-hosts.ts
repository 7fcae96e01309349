import type { HeardHost, HeardSource } from '../../evidence/heard.ts';
import type { Fleet } from '../state/fleet.ts';
import type { Store } from '../store/store.ts';

/**
 * The hosts that are enrolled here, with the last report of each, from what the collector keeps anyway: taking a report
 * costs nothing more for it. It is what the log's entries give by `HeardHosts`.
 */
export class EnrolledHosts implements HeardSource {
  readonly #store: Pick<Store, 'enrolments'>;
  readonly #stateOf: Fleet['get'];

  constructor(store: Pick<Store, 'enrolments'>, stateOf: Fleet['get']) {
    this.#store = store;
    this.#stateOf = stateOf;
  }

  *all(): Iterable<HeardHost> {
    for (const { agent, enrolledAt } of this.#store.enrolments()) {
      const state = this.#stateOf(agent);
      const last = state === undefined ? null : { issued: state.issuedAt, received: state.receivedAt };
      yield { host: agent, enrolled: enrolledAt, last };
    }
  }
}
