import { isForetold, stores, type Caller } from './change.ts';
import { checkerOf, noDemand, type Checker, type Demand } from './demand.ts';
import { kinds, type PamFacts } from './facts.ts';
import { waysThrough, type Answers } from './modules.ts';
import type { ModuleRule, PamStack } from './pam-rules.ts';

/**
 * What a stack asks of a new password: in every way through it, and in at least one. They differ where something hangs
 * on a module whose answer cannot be foretold.
 */
export type Effect =
  | { readonly state: 'asks'; readonly always: Demand; readonly sometimes: Demand }
  /** No password of this host comes through. */
  | { readonly state: 'sets-nothing' }
  | { readonly state: 'too-many-ways' };

/** Not what the modules say they demand, but what a password has to be for the stack to store it. */
export function effectOf(stack: PamStack, caller: Caller, pam: PamFacts): Effect {
  const ways = waysThrough(stack, isForetold);
  if (ways === undefined) return { state: 'too-many-ways' };
  const checkers = new Map<ModuleRule, Checker>();
  for (const rule of stack) {
    const checker = rule.kind === 'module' ? checkerOf(rule, pam) : undefined;
    if (rule.kind === 'module' && checker?.refuses[caller] === true) checkers.set(rule, checker);
  }
  const demands = ways
    .filter((answers) => stores(stack, () => false, answers))
    .map((answers) => demandOfWay(stack, checkers, answers));
  const [first, ...others] = demands;
  if (first === undefined) return { state: 'sets-nothing' };
  return { state: 'asks', always: others.reduce(weaker, first), sometimes: others.reduce(stronger, first) };
}

function demandOfWay(stack: PamStack, checkers: ReadonlyMap<ModuleRule, Checker>, answers: Answers): Demand {
  const demands = [...checkers.values()].map(({ demand }) => demand);
  /** Whether a password is kept out that lacks something which those modules ask for. */
  const isHeld = (asks: (demand: Demand) => boolean): boolean =>
    !stores(
      stack,
      (rule) => {
        const checker = checkers.get(rule);
        return checker !== undefined && asks(checker.demand);
      },
      answers,
    );
  const most = (of: (demand: Demand) => number): number => {
    const asked = [...new Set(demands.map(of))].sort((a, b) => b - a);
    return asked.find((least) => least > 0 && isHeld((demand) => of(demand) >= least)) ?? 0;
  };
  if (demands.length === 0) return noDemand;
  return {
    length: most(({ length }) => length),
    kinds: kinds.filter((kind) => isHeld((demand) => demand.kinds.includes(kind))),
    classes: most(({ classes }) => classes),
    history: most(({ history }) => history),
    dictionary: isHeld(({ dictionary }) => dictionary),
  };
}

function weaker(a: Demand, b: Demand): Demand {
  return {
    length: Math.min(a.length, b.length),
    kinds: a.kinds.filter((kind) => b.kinds.includes(kind)),
    classes: Math.min(a.classes, b.classes),
    history: Math.min(a.history, b.history),
    dictionary: a.dictionary && b.dictionary,
  };
}

function stronger(a: Demand, b: Demand): Demand {
  return {
    length: Math.max(a.length, b.length),
    kinds: kinds.filter((kind) => a.kinds.includes(kind) || b.kinds.includes(kind)),
    classes: Math.max(a.classes, b.classes),
    history: Math.max(a.history, b.history),
    dictionary: a.dictionary || b.dictionary,
  };
}
