import { actionFor, type Action, type ModuleRule, type PamStack, type ReturnCode } from './pam-rules.ts';

/** What libpam answers for a rule that cannot be run, and where nothing decided. */
const mustFail: ReturnCode = 'perm_denied';

interface Standing {
  readonly impression: 'none' | 'positive' | 'negative';
  readonly status: ReturnCode;
}

/**
 * Walks a stack as libpam does (pam.conf(5), and libpam's dispatcher since Linux-PAM 1.2): which modules run, and what
 * comes out.
 * @param call runs a module; it is called in the order of the walk, for each module that is reached
 */
export function dispatch(stack: PamStack, call: (rule: ModuleRule, index: number) => ReturnCode): ReturnCode {
  let standing: Standing = { impression: 'none', status: mustFail };
  const atEntry: Standing[] = [standing];
  let before = 0;
  for (let index = 0; index < stack.length; index++) {
    const rule = stack[index];
    if (rule === undefined) break;
    if (rule.level > before) atEntry[rule.level] = standing;
    before = rule.level;
    if (rule.kind === 'substack') continue;
    const code = rule.kind === 'broken' ? mustFail : call(rule, index);
    const action = actionFor(rule.control, code);
    if (typeof action === 'number') {
      const target = jump(stack, index, action);
      if (target === undefined) standing = { impression: 'negative', status: mustFail };
      index = target ?? endOfLevel(stack, index);
      continue;
    }
    standing = action === 'reset' ? (atEntry[rule.level] ?? standing) : take(standing, action, code);
    if (ends(standing, action)) index = endOfLevel(stack, index);
  }
  return standing.impression !== 'positive' && standing.status === 'success' ? mustFail : standing.status;
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
