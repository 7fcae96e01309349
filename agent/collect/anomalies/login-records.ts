/** What a record of a login's log tells. */
export type LoginEvent =
  | { readonly event: 'failed'; readonly service: string; readonly count: number }
  | { readonly event: 'accepted'; readonly isRoot: boolean; readonly account: string; readonly address: string | null };

const sshPrograms = new Set(['sshd', 'sshd-session', 'sshd-auth']);
/** syslog daemons write one line in place of several that are alike. */
const repeated = /^message repeated (\d{1,6}) times: \[ (.*)\]$/s;

/**
 * What sshd(8), login(1) and PAM write of logins. The names of accounts that are refused are anybody's words, so nothing is taken
 * from such a record but that it is one.
 */
export function loginEvent(program: string, text: string): LoginEvent | undefined {
  const [, times, inner] = repeated.exec(text) ?? [];
  const message = inner ?? text;
  const count = Number(times ?? 1);
  if (sshPrograms.has(program)) return sshEvent(message, count);
  if (program === 'login' && /^ROOT LOGIN\b/.test(message)) {
    return { event: 'accepted', isRoot: true, account: 'root', address: null };
  }
  const [, service] = /^pam_[a-z]+\(([\w.-]{1,64}):auth\): authentication failure;/.exec(message) ?? [];
  // sshd tells of each by itself as well.
  return service === undefined || service === 'sshd' ? undefined : { event: 'failed', service, count };
}

function sshEvent(message: string, count: number): LoginEvent | undefined {
  if (/^Failed \S+ for /.test(message)) {
    // A client first asks whether any key will do; that is no guess.
    return /^Failed (?:none|publickey) for /.test(message) ? undefined : { event: 'failed', service: 'sshd', count };
  }
  const [, account, address] = /^Accepted \S+ for (\S+) from (\S+) port \d+/.exec(message) ?? [];
  if (account === undefined || address === undefined) return undefined;
  return { event: 'accepted', isRoot: account === 'root', account, address };
}

/**
 * What Dovecot and Postfix write of logins that they refuse, with PAM or without. Names of accounts stand behind what is taken from
 * a record, and names of hosts are those of DNS.
 */
export function mailLoginEvent(program: string, text: string): Extract<LoginEvent, { event: 'failed' }> | undefined {
  const [, times, inner] = repeated.exec(text) ?? [];
  const message = inner ?? text;
  if (program === 'dovecot') {
    const [, service, attempts] =
      /^([a-z0-9]{1,16})-login: [^<]*?\(auth failed, (\d{1,6}) attempts/.exec(message) ?? [];
    return service === undefined
      ? undefined
      : { event: 'failed', service, count: Number(attempts) * Number(times ?? 1) };
  }
  if (!/^postfix\S*\/smtpd$/.test(program)) return undefined;
  const isRefused = /^warning: [^\s[]+\[[^\]\s]+\]: SASL \S+ authentication failed/.test(message);
  return isRefused ? { event: 'failed', service: 'smtp', count: Number(times ?? 1) } : undefined;
}
