import { z } from 'zod';

/** A line of a PAM stack (pam.d(5)); lines of an `include` stand where it was. */
export interface PamRule {
  /** `required`, `sufficient`, `[success=1 default=ignore]`, as it is written; `substack` for a stack of its own. */
  readonly control: string;
  /** Without folder and `.so`. */
  readonly module: string;
  /** Those that change what a success means: `nullok`, `nouserok`, `trust`, `deny`, ... and `group=` without its name. */
  readonly options: readonly string[];
  readonly stack?: readonly PamRule[] | undefined;
}

export const PamRule: z.ZodType<PamRule> = z.lazy(() =>
  z.strictObject({
    control: z.string().max(512),
    module: z.string().max(128),
    options: z.array(z.string().max(64)).max(32),
    stack: z.array(PamRule).max(256).optional(),
  }),
);

/** Modules that ask for something that a person has, or for a code that changes. */
export const secondFactorModules: readonly string[] = [
  'pam_duo',
  'pam_google_authenticator',
  'pam_oath',
  'pam_privacyidea',
  'pam_rsa_securid',
  'pam_u2f',
  'pam_yubico',
];

/** Modules that ask for what a person knows. */
export const passwordModules: readonly string[] = [
  'pam_krb5',
  'pam_ldap',
  'pam_sss',
  'pam_systemd_home',
  'pam_unix',
  'pam_winbind',
];

/** With these a module of a second factor lets in who has none set up (pam_google_authenticator(8), pam_u2f(8)). */
const optionalFactor: readonly string[] = ['nullok', 'nouserok'];

type Result = 'success' | 'failure' | 'ignore';
interface State {
  readonly impression: 'undefined' | 'positive' | 'negative';
  /** Only a success is told from the rest. */
  readonly isSuccess: boolean;
}
interface Step extends State {
  readonly next: number;
}

/** `undefined`: nothing decided yet. */
const start: State = { impression: 'undefined', isSuccess: false };

/**
 * Whether the stack can let somebody in while none of these modules succeeds: whatever the other modules answer, by
 * the rules of pam.d(5). Where it can, what the modules ask for is not required.
 */
export function canPassWithout(stack: readonly PamRule[], modules: readonly string[]): boolean {
  return endsOf(stack, modules, start).some(({ impression, isSuccess }) => impression === 'positive' && isSuccess);
}

/** Every state in which a stack can end. */
function endsOf(stack: readonly PamRule[], without: readonly string[], from: State): State[] {
  const seen = new Set<string>();
  const ends = new Map<string, State>();
  const open: Step[] = [{ ...from, next: 0 }];
  for (let step = open.pop(); step !== undefined; step = open.pop()) {
    const key = `${step.next} ${step.impression} ${step.isSuccess}`;
    if (seen.has(key)) continue;
    seen.add(key);
    const rule = stack[step.next];
    if (rule === undefined) ends.set(key, { impression: step.impression, isSuccess: step.isSuccess });
    else open.push(...stepsFrom(step, rule, without, stack.length));
  }
  return [...ends.values()];
}

function stepsFrom(step: Step, rule: PamRule, without: readonly string[], length: number): Step[] {
  if (rule.stack !== undefined) {
    // What ends a substack ends it alone (pam.d(5)); the stack around it goes on with what was found.
    return endsOf(rule.stack, without, step).map((end) => ({ ...end, next: step.next + 1 }));
  }
  return resultsOf(rule, without).flatMap((result) =>
    actionsFor(rule.control, result).map((action) => act(step, action, result, length)),
  );
}

function resultsOf({ module, options }: PamRule, without: readonly string[]): Result[] {
  if (module === 'pam_deny') return ['failure'];
  if (module === 'pam_permit') return ['success'];
  const isOptional = options.some((option) => optionalFactor.includes(option));
  if (without.includes(module) && !(isOptional && secondFactorModules.includes(module))) return ['failure'];
  return ['success', 'failure', 'ignore'];
}

const keywords: Readonly<Record<string, string>> = {
  required: '[success=ok new_authtok_reqd=ok ignore=ignore default=bad]',
  requisite: '[success=ok new_authtok_reqd=ok ignore=ignore default=die]',
  sufficient: '[success=done new_authtok_reqd=done default=ignore]',
  optional: '[success=ok new_authtok_reqd=ok default=ignore]',
};

/** What a module's answer may lead to. A failure has many names, each of which may have an action of its own. */
function actionsFor(control: string, result: Result): string[] {
  const written = keywords[control.toLowerCase()] ?? control;
  const pairs = [...written.matchAll(/([a-z_]+)\s*=\s*([a-z]+|\d+)/g)].map(
    ([, value = '', action = '']) => [value, action] as const,
  );
  // What stands for nothing else is `bad` where no default is given.
  const fallback = pairs.find(([value]) => value === 'default')?.[1] ?? 'bad';
  const named = (value: string): string => pairs.find(([name]) => name === value)?.[1] ?? fallback;
  if (result === 'success') return [...new Set([named('success'), named('new_authtok_reqd')])];
  if (result === 'ignore') return [named('ignore')];
  const failures = pairs.filter(([name]) => !['success', 'new_authtok_reqd', 'ignore', 'default'].includes(name));
  return [...new Set([...failures.map(([, action]) => action), fallback])];
}

function act(step: Step, action: string, result: Result, length: number): Step {
  const next = step.next + 1;
  if (/^\d+$/.test(action)) return { ...step, next: Math.min(next + Number(action), length) };
  const isOpen = step.impression === 'undefined' || (step.impression === 'positive' && step.isSuccess);
  const taken: State = isOpen ? { impression: 'positive', isSuccess: result === 'success' } : step;
  const refused: State = { impression: 'negative', isSuccess: false };
  switch (action) {
    case 'ok':
      return { ...taken, next };
    case 'done':
      return { ...taken, next: taken.impression === 'positive' ? length : next };
    case 'bad':
      return { ...refused, next };
    case 'die':
      return { ...refused, next: length };
    case 'reset':
      return { ...start, next };
    default:
      return { ...step, next };
  }
}
