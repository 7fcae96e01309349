import type { User } from './system-users.ts';

/** Accounts below belong to the system, and their names to no person (Debian policy 9.2.2; login.defs UID_MIN). */
const firstPerson = 1000;
const nobody = 65_534;

/** Rewrites a path so that it tells no account: `/etc/sudoers.d/jan` becomes `/etc/sudoers.d/account-1a2b3c4d5e6f`. */
export function namelessPaths(
  pseudonym: (account: string) => string,
  users: readonly User[],
): (path: string) => string {
  const names = new Set(users.filter(({ uid }) => uid >= firstPerson && uid !== nobody).map(({ name }) => name));
  const longestFirst = [...names].sort((a, b) => b.length - a.length);
  return (path) =>
    path
      .split('/')
      .map((part) => {
        const name = names.has(part) ? part : longestFirst.find((candidate) => holdsWord(part, candidate));
        return name === undefined ? part : pseudonym(part);
      })
      .join('/');
}

/** Whether a name stands in a text as a word: `jan` in `50-jan.rules`, not in `janitor`. */
function holdsWord(text: string, name: string): boolean {
  for (let at = text.indexOf(name); at >= 0; at = text.indexOf(name, at + 1)) {
    const before = text[at - 1] ?? '';
    const after = text[at + name.length] ?? '';
    if (!/[A-Za-z0-9]/.test(before) && !/[A-Za-z0-9]/.test(after)) return true;
  }
  return false;
}
