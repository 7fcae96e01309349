import { isAsOld } from '../../moments.ts';
import type { Account, Key } from './facts.ts';

/** How an account can log in, in words that sshd and shadow(5) use. */
export type LoginWay = 'password' | 'empty password' | 'SSH key';

/** Every way in of an account, and whether there may be more. */
export interface Logins {
  readonly ways: readonly LoginWay[];
  /** Keys that let somebody in now. */
  readonly keys: readonly Key[];
  /** Files or lines that may hold more keys. */
  readonly unread: Account['unreadKeys'];
}

/**
 * A password lets in whoever has a login shell; with another shell only sshd's tunnels and file transfers are left, where
 * sshd takes it. A key lets in whatever the shell and the password are. Of an account that has ended nothing does.
 */
export function loginsOf(account: Account, by: 'any' | 'ssh', at: Date): Logins {
  const { password, shell, ssh, expires } = account;
  if (expires !== null && hasEnded(expires, at)) return { ways: [], keys: [], unread: [] };
  const takesKeys = ssh.keys !== 'no';
  const keys = takesKeys ? account.keys.filter(({ expires: end }) => end === null || !isAsOld(end, 0, at)) : [];
  const opens = by === 'any' && shell === 'login' ? true : ssh.passwords !== 'no';
  const ways: LoginWay[] = [];
  if (password === 'set' && opens) ways.push('password');
  if (password === 'empty' && opens) ways.push('empty password');
  if (keys.length > 0) ways.push('SSH key');
  return { ways, keys, unread: takesKeys ? account.unreadKeys : [] };
}

/** Day 0 is no end: shadow(5) warns that some programs read it as "never". */
function hasEnded(expires: string, at: Date): boolean {
  return expires !== '1970-01-01' && isAsOld(expires, 0, at);
}
