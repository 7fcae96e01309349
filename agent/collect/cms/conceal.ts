import type { CollectContext } from '../collector.ts';
import type { User } from '../system-users.ts';

/** The first user number of people on the usual systems (login.defs(5), UID_MIN). */
const firstPerson = 1000;
/** Shorter names occur in other words by chance. */
const shortest = 3;

/** Names of the products themselves, which tell nothing of an account that is called like them. */
const ordinary = new Set(
  ['administrator', 'all', 'app', 'components', 'composer', 'contrib', 'core', 'custom', 'default', 'ext', 'includes']
    .concat([
      'libraries',
      'misc',
      'modules',
      'mu-plugins',
      'plugins',
      'sites',
      'sysext',
      'themes',
      'typo3',
      'typo3_src',
    ])
    .concat(['typo3conf', 'vendor', 'wp-content', 'wp-includes', 'wordpress', 'drupal', 'joomla']),
);

/**
 * Makes the function that puts pseudonyms in the place of parts of a path that tell an account: those with the name of an
 * account as a word in them, or with the owner's name anywhere.
 */
export function concealer(
  { pseudonym }: Pick<CollectContext, 'pseudonym'>,
  users: readonly User[],
): (text: string, owner: string | undefined) => string {
  const people = users.filter(({ uid }) => uid >= firstPerson);
  const names = new Set(people.map(({ name }) => name.toLowerCase()));
  const tells = (part: string, owner: string | undefined): boolean => {
    const word = part.toLowerCase();
    if (ordinary.has(word)) return false;
    const own = owner?.toLowerCase();
    const isOwner = own !== undefined && own.length >= shortest && names.has(own) && word.includes(own);
    return isOwner || names.has(word) || word.split(/[^a-z0-9]+/).some((piece) => names.has(piece));
  };
  return (text, owner) =>
    text
      .split('/')
      .map((part) => (tells(part, owner) ? pseudonym(part) : part))
      .join('/');
}
