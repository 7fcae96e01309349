import { returnCodes, type ModuleRule, type PamStack, type ReturnCode } from './pam-rules.ts';

/** Modules that decide by who asks, or do something beside the passwords; none of them asks for a password. */
const silent: ReadonlySet<string> = new Set(
  `pam_access pam_cap pam_debug pam_ecryptfs pam_echo pam_env pam_exec pam_faildelay pam_fprintd pam_gnome_keyring pam_group
  pam_issue pam_keyinit pam_kwallet5 pam_limits pam_listfile pam_localuser pam_mail pam_motd pam_nologin pam_rhosts
  pam_rootok pam_script pam_securetty pam_selinux pam_sepermit pam_shells pam_succeed_if pam_systemd pam_time pam_umask
  pam_unix_acct pam_usertype pam_warn pam_wheel`.split(/\s+/),
);

/** Modules by which accounts of a directory set their passwords; what it asks of them cannot be seen on this host. */
export const directoryModules: readonly string[] = ['pam_krb5', 'pam_ldap', 'pam_sss', 'pam_winbind'];

export function isSilent({ module }: ModuleRule): boolean {
  return silent.has(module);
}

/** What each module answers whose answer cannot be foretold, by its index in the stack. */
export type Answers = ReadonlyMap<number, ReturnCode>;

/** Stacks with more ways than this through them are not judged. */
const maximumWays = 1024;

/**
 * Every way in which the modules of a stack whose answer cannot be foretold may answer; undefined where there are too
 * many. Answers that the control treats alike count as one.
 */
export function waysThrough(stack: PamStack, isForetold: (rule: ModuleRule) => boolean): Answers[] | undefined {
  let ways: Map<number, ReturnCode>[] = [new Map<number, ReturnCode>()];
  for (const [index, rule] of stack.entries()) {
    if (rule.kind !== 'module' || isForetold(rule)) continue;
    const codes = distinctCodes(rule);
    if (ways.length * codes.length > maximumWays) return undefined;
    ways = ways.flatMap((way) => codes.map((code) => new Map<number, ReturnCode>(way).set(index, code)));
  }
  return ways;
}

/** No module gives these for its whole answer. */
const impossible: readonly ReturnCode[] = ['incomplete', 'abort'];

function distinctCodes({ control }: ModuleRule): ReturnCode[] {
  const seen = new Set<string>();
  return returnCodes.filter((code) => {
    if (impossible.includes(code)) return false;
    const key = `${control.on[code] ?? control.otherwise} ${code === 'success' || code === 'ignore' ? code : ''}`;
    if (seen.has(key)) return false;
    seen.add(key);
    return true;
  });
}

/** The names of the modules whose answer cannot be foretold, sorted. */
export function uncertainModules(stack: PamStack, isForetold: (rule: ModuleRule) => boolean): string[] {
  const names = stack.flatMap((rule) => (rule.kind === 'module' && !isForetold(rule) ? [rule.module] : []));
  return [...new Set(names)].sort();
}
