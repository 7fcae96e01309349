import type { FoundAccount } from './store.ts';

/** One way to log in that an account of MariaDB or MySQL has. */
export type Method =
  | { readonly by: 'hash'; readonly hash: string }
  | { readonly by: 'empty' }
  | { readonly by: 'socket' }
  | { readonly by: 'nothing' }
  | { readonly by: 'elsewhere'; readonly plugin: string };

/** `*` and the SHA-1 of the SHA-1, or sixteen digits of the form before MySQL 4.1; anything else matches no password. */
const nativeHash = /^(\*[0-9A-F]{40}|[0-9a-f]{16})$/i;
const native = ['mysql_native_password', 'mysql_old_password'];
const hashing = ['ed25519', 'parsec', 'caching_sha2_password', 'sha256_password'];
const sockets = ['unix_socket', 'auth_socket'];

/**
 * @param plugin what asks for the password
 * @param secret what it is held against, as the server keeps it
 */
export function methodOf(plugin: string, secret: string): Method {
  if (sockets.includes(plugin)) return { by: 'socket' };
  const isNative = native.includes(plugin);
  if (!isNative && !hashing.includes(plugin)) {
    return plugin === 'mysql_no_login' ? { by: 'nothing' } : { by: 'elsewhere', plugin };
  }
  if (secret === '') return { by: 'empty' };
  return isNative && !nativeHash.test(secret) ? { by: 'nothing' } : { by: 'hash', hash: `${plugin} ${secret}` };
}

/** What several ways, each of which will do, make of an account: the weakest counts. Hashes of a locked one are remembered. */
export function combine(methods: readonly Method[], isLocked: boolean): Pick<FoundAccount, 'hash' | 'opensBy'> {
  const hashes = methods.flatMap((method) => (method.by === 'hash' ? [method.hash] : []));
  const hash = hashes.length > 0 ? hashes.join(' ') : null;
  const elsewhere = methods.find((method) => method.by === 'elsewhere');
  if (isLocked) return { hash, opensBy: 'none' };
  if (methods.some(({ by }) => by === 'empty')) return { hash, opensBy: 'empty' };
  if (hash !== null) return { hash, opensBy: 'password' };
  return { hash, opensBy: elsewhere === undefined ? 'none' : { elsewhere: elsewhere.plugin } };
}
