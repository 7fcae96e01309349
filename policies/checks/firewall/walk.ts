import type { Chain, Rule } from './facts.ts';
import { anySender, matchAll, narrow, type Match, type Packet } from './packet.ts';
import { nothing, subtract, union, type Spans } from './spans.ts';

/** Senders who certainly get somewhere, and those who may. */
export interface Senders {
  readonly sure: Spans;
  readonly maybe: Spans;
}

const nobody: Senders = { sure: nothing, maybe: nothing };

function both(a: Senders, b: Senders): Senders {
  const sure = union(a.sure, b.sure);
  return { sure, maybe: a.sure === a.maybe && b.sure === b.maybe ? sure : union(a.maybe, b.maybe) };
}

/** What is too much to work through: rules that packets were held against, one by one. */
export class TooComplexError extends Error {}

const maximumSteps = 3_000_000;
/** The kernel's own limit of jumps is 16 (nft(8)) or the number of rules; beyond this it is a circle. */
const maximumDepth = 64;

const hookOrder = { ingress: 0, prerouting: 1, input: 2 } as const;

/**
 * Follows packets through all base chains on their way to this host. Each chain may deny; to accept in one lets a
 * packet go on to the next (nft(8), "verdict statement").
 */
export class Walk {
  readonly #chains: ReadonlyMap<string, Chain>;
  readonly #bases: readonly Chain[];
  #steps = 0;
  #elsewhere: Spans = nothing;

  constructor(chains: readonly Chain[]) {
    this.#chains = new Map(chains.map((chain) => [keyOf(chain, chain.name), chain]));
    this.#bases = chains.filter(({ base }) => base !== null).sort((a, b) => rankOf(a) - rankOf(b));
  }

  /**
   * Who gets a connection with this packet.
   * @throws TooComplexError
   */
  follow(packet: Packet): Senders {
    const everybody = anySender[packet.family];
    this.#elsewhere = nothing;
    let senders: Senders = { sure: everybody, maybe: everybody };
    for (const chain of this.#bases) {
      const { base } = chain;
      if (base === null || !isFor(chain, packet)) continue;
      const { accepted, left } = this.#through(chain, senders, packet, 0);
      senders = base.policy === 'accept' ? both(accepted, left) : accepted;
    }
    return this.#elsewhere.length === 0 ? senders : { ...senders, maybe: union(senders.maybe, this.#elsewhere) };
  }

  /** @returns who was accepted, and who came out at the end or was sent back */
  #through(chain: Chain, senders: Senders, packet: Packet, depth: number): { accepted: Senders; left: Senders } {
    let [accepted, returned, here] = [nobody, nobody, senders];
    for (const { when, then } of chain.rules) {
      if (here.maybe.length === 0) break;
      this.#count(when.length + 1);
      const match = matchAll(when, packet);
      this.#count((match.maybe.length + here.maybe.length) >> 5);
      const taken = narrow(here, match, packet.family);
      if (taken.maybe.length === 0) continue;
      const past = passedBy(here, match);
      switch (then.do) {
        case 'accept':
          accepted = both(accepted, taken);
          // Whom a later rule accepts as well is accepted whether or not this one holds.
          here = match.sure === match.maybe ? past : { ...past, sure: withoutSure(here, match) };
          break;
        case 'deny':
          here = past;
          break;
        case 'return':
          returned = both(returned, taken);
          here = past;
          break;
        case 'elsewhere':
          this.#elsewhere = union(this.#elsewhere, taken.maybe);
          here = past;
          break;
        case 'jump':
        case 'goto': {
          const target = this.#chains.get(keyOf(chain, then.to));
          if (target === undefined || depth > maximumDepth) {
            accepted = both(accepted, { sure: nothing, maybe: taken.maybe });
            here = { sure: past.sure, maybe: here.maybe };
            break;
          }
          const inner = this.#through(target, taken, packet, depth + 1);
          accepted = both(accepted, inner.accepted);
          if (then.do === 'goto') returned = both(returned, inner.left);
          here = then.do === 'goto' ? past : both(past, inner.left);
          break;
        }
        case 'unknown':
          accepted = both(accepted, { sure: nothing, maybe: taken.maybe });
          here = { sure: past.sure, maybe: here.maybe };
          break;
      }
    }
    return { accepted, left: both(returned, here) };
  }

  #count(steps: number): void {
    this.#steps += steps;
    if (this.#steps > maximumSteps) throw new TooComplexError();
  }
}

/** Whom a rule does not hold for. */
function passedBy(here: Senders, { sure, maybe, chance }: Match): Senders {
  if (chance) return here;
  const left = subtract(here.sure, maybe);
  const isOne = here.sure === here.maybe && sure === maybe;
  return { sure: left, maybe: isOne ? left : subtract(here.maybe, sure) };
}

function withoutSure(here: Senders, { sure, chance }: Match): Spans {
  return chance ? here.sure : subtract(here.sure, sure);
}

function keyOf({ backend, family, table }: Chain, name: string): string {
  return JSON.stringify([backend, family, table, name]);
}

function rankOf({ base }: Chain): number {
  return base === null ? 0 : hookOrder[base.hook] * 2 ** 33 + base.priority;
}

/** Whether packets of this family and interface come through a base chain. */
export function isFor({ family, base }: Chain, packet: Pick<Packet, 'family' | 'interface'>): boolean {
  if (family === 'ip' || family === 'ip6') return (family === 'ip' ? 4 : 6) === packet.family;
  return base?.devices === undefined || base.devices.includes(packet.interface);
}

/** What rules hold that the agent does not understand, in words, each once. */
export function unknownsIn(chains: readonly Chain[]): string[] {
  return [...new Set(chains.flatMap(({ rules }) => rules.flatMap(unknownsOf)))].sort();
}

function unknownsOf({ when, then }: Rule): string[] {
  const conditions = when.flatMap((condition) => (condition.on === 'unknown' ? [condition.what] : []));
  if (then.do === 'unknown') return [...conditions, then.what];
  return then.do === 'elsewhere' ? [...conditions, 'DNAT'] : conditions;
}
