import { actionFor, type Action, type ModuleRule, type PamStack, type ReturnCode } from './pam-rules.ts';

/** What libpam answers for a rule that cannot be run, and where nothing decided. */
const mustFail: ReturnCode = 'perm_denied';

interface Standing {
  readonly impression: 'none' | 'positive' | 'negative';
  readonly status: ReturnCode;
}

/** How far a walk through a stack has come, and what has been found on the way. */
export interface Walk {
  /** The rule that is next; the walk is over where there is none. */
  readonly index: number;
  readonly standing: Standing;
  /** What stood at the entry of each level that is open. */
  readonly atEntry: readonly Standing[];
}

const nothing: Standing = { impression: 'none', status: mustFail };

export const beginning: Walk = { index: 0, standing: nothing, atEntry: [nothing] };

/**
 * Walks a stack as libpam does (pam.conf(5), and libpam's dispatcher since Linux-PAM 1.2): which modules run, and what
 * comes out.
 * @param call runs a module; it is called in the order of the walk, for each module that is reached
 */
export function dispatch(stack: PamStack, call: (rule: ModuleRule, index: number) => ReturnCode): ReturnCode {
  let walk = beginning;
  for (let rule = stack[0]; rule !== undefined; rule = stack[walk.index]) {
    walk = step(stack, walk, rule.kind === 'module' ? call(rule, walk.index) : mustFail);
  }
  return outcome(walk);
}

export function outcome({ standing }: Walk): ReturnCode {
  return standing.impression !== 'positive' && standing.status === 'success' ? mustFail : standing.status;
}

/** Goes past the next rule. @param code what its module answers; of no meaning where it is none */
export function step(stack: PamStack, { index, standing, atEntry: before }: Walk, code: ReturnCode): Walk {
  const rule = stack[index];
  if (rule === undefined) return { index, standing, atEntry: before };
  const atEntry = rule.level < before.length ? before.slice(0, rule.level + 1) : [...before, standing];
  if (rule.kind === 'substack') return { index: index + 1, standing, atEntry };
  const answer = rule.kind === 'broken' ? mustFail : code;
  const action = actionFor(rule.control, answer);
  if (typeof action === 'number') {
    const target = jump(stack, index, action);
    if (target !== undefined) return { index: target + 1, standing, atEntry };
    return { index: endOfLevel(stack, index) + 1, standing: { impression: 'negative', status: mustFail }, atEntry };
  }
  const taken = action === 'reset' ? (atEntry[rule.level] ?? standing) : take(standing, action, answer);
  return { index: (ends(taken, action) ? endOfLevel(stack, index) : index) + 1, standing: taken, atEntry };
}

function take(standing: Standing, action: Exclude<Action, number>, code: ReturnCode): Standing {
  switch (action) {
    case 'ok':
    case 'done': {
      const isOpen =
        standing.impression === 'none' || (standing.impression === 'positive' && standing.status === 'success');
      return isOpen ? { impression: 'positive', status: code } : standing;
    }
    case 'bad':
    case 'die':
      if (standing.impression === 'negative') return standing;
      return { impression: 'negative', status: code === 'ignore' ? mustFail : code };
    default:
      return standing;
  }
}

/** `done` ends a stack only where nothing failed before it. */
function ends({ impression }: Standing, action: Action): boolean {
  return action === 'die' || (action === 'done' && impression === 'positive');
}

/** The last rule of those that a jump skips, a substack counting as one; undefined where there are too few. */
function jump(stack: PamStack, from: number, count: number): number | undefined {
  const level = stack[from]?.level ?? 0;
  let at = from;
  for (let left = count; left > 0; left--) {
    if ((stack[at + 1]?.level ?? -1) < level) return undefined;
    do at++;
    while ((stack[at + 1]?.level ?? -1) > level);
  }
  return at;
}

/** The last rule of the stack or substack that a rule stands in. */
function endOfLevel(stack: PamStack, from: number): number {
  const level = stack[from]?.level ?? 0;
  let at = from;
  while ((stack[at + 1]?.level ?? -1) >= level) at++;
  return at;
}
