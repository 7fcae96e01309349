import type { Doubt } from '../../../policies/checks/endpoints.ts';
import type { SuiteScan } from '../../../policies/checks/tls/profile.ts';
import { suiteOf } from '../../../policies/checks/tls/suites.ts';
import { suitesAtOnce } from '../suites.ts';
import { sortedNumbers } from './findings.ts';
import type { Choice } from './questions.ts';

type Ask = (suites: readonly number[]) => Promise<Choice>;
type Order = SuiteScan['order'];

/**
 * All suites that one version accepts: offers as many as servers understand, and leaves out what was chosen, until
 * everything that is left has been refused. The second question is the first one backwards: it tells whose order counts.
 * @param candidates the likeliest first
 */
export async function scanSuites(
  version: SuiteScan['version'],
  candidates: readonly number[],
  ask: Ask,
): Promise<SuiteScan> {
  const scan = new SuiteEnumeration(ask, candidates);
  await scan.run();
  const order = scan.found.length > 1 ? await scan.settledOrder() : 'unknown';
  if (order !== 'server') {
    return { version, suites: sortedNumbers(scan.found), order, incomplete: scan.incomplete };
  }
  const ordered = scan.wasRefilled ? await inServerOrder(scan.found, ask) : scan.found;
  if (ordered !== undefined) return { version, suites: [...ordered], order, incomplete: scan.incomplete };
  return { version, suites: sortedNumbers(scan.found), order: 'unknown', incomplete: scan.incomplete };
}

class SuiteEnumeration {
  /** In the order in which they were chosen. */
  readonly found: number[] = [];
  order: Order = 'unknown';
  incomplete: Doubt | null = null;
  /** A suite was found that had not been offered from the start, so that it may have its place before others. */
  wasRefilled = false;
  readonly #ask: Ask;
  readonly #first: readonly number[];
  #remaining: readonly number[];
  /** What was offered forwards and backwards. */
  #compared: readonly number[] = [];
  #wasDropped = false;
  #keepsApart = false;

  constructor(ask: Ask, candidates: readonly number[]) {
    this.#ask = ask;
    this.#remaining = candidates;
    this.#first = candidates.slice(0, suitesAtOnce);
  }

  async run(): Promise<void> {
    while (this.#remaining.length > 0 && this.incomplete?.what !== 'silent') {
      const offer = this.#nextOffer();
      const choice = await this.#ask(offer);
      if (choice.kind === 'took') {
        this.#add(choice.suite);
        if (this.found.length === 1 && offer.length > 1) await this.#askBackwards(offer, choice.suite);
        continue;
      }
      if (choice.kind === 'unclear') this.incomplete ??= choice.why;
      if (choice.kind === 'dropped') this.#wasDropped = true;
      if (choice.kind !== 'unclear' && !this.#keepsApart) {
        this.#keepsApart = true;
        if (offer.some(isFiniteField) && !offer.every(isFiniteField)) continue;
      }
      this.#remaining = this.#remaining.filter((suite) => !offer.includes(suite));
    }
    await this.#confirm();
  }

  /** That nothing changed backwards tells an order only where two of what was offered are accepted: else such two are asked for. */
  async settledOrder(): Promise<Order> {
    const [one, other] = this.found;
    const isTold = this.found.filter((suite) => this.#compared.includes(suite)).length > 1;
    if (this.order !== 'server' || isTold || one === undefined || other === undefined) return this.order;
    const [forwards, backwards] = [await this.#ask([one, other]), await this.#ask([other, one])];
    if (forwards.kind !== 'took' || backwards.kind !== 'took') return 'unknown';
    return forwards.suite === backwards.suite ? 'server' : 'client';
  }

  /**
   * Some servers refuse every greeting for which they would choose Diffie-Hellman over a finite field, because their
   * parameters are missing: after the first refusal such suites stand in greetings of their own, and hide no others.
   */
  #nextOffer(): readonly number[] {
    const others = this.#keepsApart ? this.#remaining.filter((suite) => !isFiniteField(suite)) : [];
    return (others.length > 0 ? others : this.#remaining).slice(0, suitesAtOnce);
  }

  #add(suite: number): void {
    if (!this.#first.includes(suite)) this.wasRefilled = true;
    this.found.push(suite);
    this.#remaining = this.#remaining.filter((one) => one !== suite);
  }

  async #askBackwards(offer: readonly number[], chosen: number): Promise<void> {
    this.#compared = offer;
    const choice = await this.#ask([...offer].reverse());
    if (choice.kind !== 'took') return;
    this.order = choice.suite === chosen ? 'server' : 'client';
    if (choice.suite !== chosen) this.#add(choice.suite);
  }

  /** An end without a word is a refusal only of a server that goes on answering. */
  async #confirm(): Promise<void> {
    const [taken] = this.found;
    if (!this.#wasDropped || this.incomplete !== null) return;
    const choice: Choice = taken === undefined ? { kind: 'dropped' } : await this.#ask([taken]);
    if (choice.kind !== 'took') this.incomplete = { what: 'closed' };
  }
}

function isFiniteField(number: number): boolean {
  return ['DHE', 'DH'].includes(suiteOf(number)?.keyExchange ?? '');
}

/** Lets the server choose among what it accepts, again and again; undefined where it does not go along. */
async function inServerOrder(accepted: readonly number[], ask: Ask): Promise<readonly number[] | undefined> {
  if (accepted.length > suitesAtOnce) return undefined;
  const ordered: number[] = [];
  let remaining = accepted;
  while (remaining.length > 1) {
    const choice = await ask(remaining);
    if (choice.kind !== 'took') return undefined;
    ordered.push(choice.suite);
    remaining = remaining.filter((suite) => suite !== choice.suite);
  }
  return [...ordered, ...remaining];
}
