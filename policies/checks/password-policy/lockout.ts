import { obstacleReason } from '../../reading.ts';
import type { Reason } from '../../reasons.ts';
import { dispatch } from './dispatch.ts';
import type { PamFacts, SettingValues } from './facts.ts';
import { isSilent, uncertainModules, waysThrough, type Answers } from './modules.ts';
import type { ModuleRule, PamStack, ReturnCode } from './pam-rules.ts';
import type { Parameters } from './parameters.ts';
import { because } from './reasons.ts';

type Lockout = NonNullable<Parameters['lockout']>;

const foretold: readonly string[] = [
  'pam_unix',
  'pam_faillock',
  'pam_tally2',
  'pam_deny',
  'pam_permit',
  'pam_localuser',
];
const isForetold = ({ module }: ModuleRule): boolean => foretold.includes(module);

/** Whether wrong passwords lock an account, service by service. Root is let off by both modules unless told otherwise. */
export function judgeLockout(pam: PamFacts, lockout: Lockout): Reason[] {
  const judged = pam.services.flatMap(({ service, auth }) => {
    if (auth === undefined) return [];
    const subject = `/etc/pam.d/${service}`;
    if (auth.state === 'unreadable') return [obstacleReason(auth.obstacle, subject)];
    return [judgeWithoutPam(service, pam, subject) ?? judgeStack(auth.value, pam, lockout, subject)];
  });
  return judged.length > 0 ? judged : [because('password-policy.no-way', {})];
}

/** sshd may look passwords up by itself, and then its stack says nothing; undefined where PAM decides. */
function judgeWithoutPam(service: string, { sshd }: PamFacts, subject: string): Reason | undefined {
  if (service !== 'sshd' || sshd === null) return undefined;
  if (sshd.state === 'read') {
    if (sshd.value.usePam) return undefined;
    return because(
      sshd.value.passwords ? 'password-policy.sshd-without-pam' : 'password-policy.no-password-login',
      {},
      subject,
    );
  }
  // Without sshd nobody reads the file that a package left.
  return sshd.obstacle.code === 'command-missing' ? undefined : obstacleReason(sshd.obstacle, subject);
}

function judgeStack(stack: PamStack, pam: PamFacts, lockout: Lockout, subject: string): Reason {
  const isAsked = stack.some((rule) => rule.kind === 'module' && rule.module === 'pam_faillock');
  if (isAsked && pam.faillock?.state === 'unreadable') return obstacleReason(pam.faillock.obstacle, subject);
  const other = stack.find((rule) => rule.kind === 'module' && rule.options.conf === true);
  if (other?.kind === 'module') return because('password-policy.other-file', { module: other.module }, subject);
  const modules = uncertainModules(stack, isForetold).join(', ');
  const ways = waysThrough(stack, isForetold);
  if (ways === undefined) return because('password-policy.too-many-ways', { modules }, subject);

  const settings = pam.faillock?.state === 'read' ? pam.faillock.value : {};
  const open = ways.filter((answers) => letsIn(stack, answers, () => false));
  if (open.length === 0) return because('password-policy.no-password-login', {}, subject);
  const locks = (rule: ModuleRule): boolean => isStrictEnough(limitOf(rule, settings), lockout);
  const isLocked = open.map((answers) => !letsIn(stack, answers, locks));
  const attempts = ways.flatMap((answers) => countsWrong(stack, answers) ?? []);
  const results = [...isLocked, ...attempts];
  if (results.every((held) => held)) {
    const found = Math.max(
      ...stack.flatMap((rule) => (rule.kind === 'module' && locks(rule) ? [limitOf(rule, settings)?.deny ?? 0] : [])),
    );
    return because('password-policy.lockout', { found, attempts: lockout.attempts }, subject);
  }
  const isSometimes = isLocked.some((held) => held) && attempts.some((held) => held);
  if (isSometimes) {
    return because('password-policy.lockout-depends', { attempts: lockout.attempts, modules }, subject);
  }
  return because('password-policy.no-lockout', lockout, subject);
}

interface Limit {
  readonly deny: number;
  /** Seconds; 0: until somebody unlocks it. */
  readonly unlockTime: number;
}

/** faillock.conf(5) with its defaults; pam_tally2(8) locks nobody until it is told when. */
function limitOf({ module, options }: ModuleRule, settings: SettingValues): Limit | undefined {
  const merged = module === 'pam_faillock' ? { deny: 3, unlock_time: 600, ...settings, ...options } : options;
  if (module !== 'pam_faillock' && module !== 'pam_tally2') return undefined;
  const numberOf = (value: unknown): number => (typeof value === 'number' ? value : 0);
  return { deny: numberOf(merged.deny), unlockTime: numberOf(merged.unlock_time) };
}

function isStrictEnough(limit: Limit | undefined, { attempts, duration }: Lockout): boolean {
  if (limit === undefined || limit.deny === 0 || limit.deny > attempts) return false;
  return limit.unlockTime === 0 || limit.unlockTime >= duration;
}

/** Whether the right password of this host opens a stack, while these modules hold the account for locked. */
function letsIn(stack: PamStack, answers: Answers, locks: (rule: ModuleRule) => boolean): boolean {
  const seen = { asked: false };
  const result = dispatch(stack, (rule, index) => {
    if (rule.module === 'pam_unix') seen.asked = true;
    if (locks(rule)) return 'auth_err';
    // This one does not count what was right.
    if (rule.module === 'pam_faillock' && rule.options.authfail === true) return 'ignore';
    return fixedAnswer(rule, answers.get(index)) ?? 'success';
  });
  return seen.asked && result === 'success';
}

/**
 * Whether a wrong password is counted; undefined where none is asked for, or somebody gets in all the same, by another
 * module than pam_unix.
 */
function countsWrong(stack: PamStack, answers: Answers): boolean | undefined {
  const seen = { asked: false, counted: false };
  const result = dispatch(stack, (rule, index) => {
    if (rule.module === 'pam_unix') {
      seen.asked = true;
      return 'auth_err';
    }
    if (rule.module === 'pam_tally2') seen.counted = true;
    if (rule.module === 'pam_faillock' && rule.options.authfail === true) {
      seen.counted = true;
      return 'ignore';
    }
    const answer = answers.get(index);
    // One that asks for a password, too, finds it as wrong. A right one that has run out is right.
    const isRight = answer === 'success' || answer === 'new_authtok_reqd';
    if (!isForetold(rule) && !isSilent(rule) && isRight) return 'auth_err';
    return fixedAnswer(rule, answer) ?? 'success';
  });
  return seen.asked && result !== 'success' ? seen.counted : undefined;
}

function fixedAnswer(rule: ModuleRule, answer: ReturnCode | undefined): ReturnCode | undefined {
  if (rule.module === 'pam_deny') return 'auth_err';
  return isForetold(rule) ? undefined : (answer ?? 'module_unknown');
}
