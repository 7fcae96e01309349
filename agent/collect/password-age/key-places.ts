import { read, type Reading } from '../../../policies/reading.ts';
import type { Host } from '../../host/host.ts';
import { wordsOf } from '../ssh/config-words.ts';

/** Where sshd looks for keys: the patterns of AuthorizedKeysFile, and what else it asks (sshd_config(5)). */
export interface KeyPlaces {
  readonly files: readonly string[];
  readonly elsewhere: readonly string[];
}

const usualFiles: readonly string[] = ['.ssh/authorized_keys', '.ssh/authorized_keys2'];
/** Where sshd looks unless told otherwise. */
export const usualPlaces: KeyPlaces = { files: usualFiles, elsewhere: [] };
const usualFolder = '/etc/ssh/sshd_config.d';

/**
 * Every place that sshd_config or a file of sshd_config.d names, for whomever it may hold: rather a file too many than
 * one too few. Files that are included from anywhere else count as a place that cannot be seen.
 */
export async function readKeyPlaces(host: Host): Promise<Reading<KeyPlaces>> {
  const main = await host.readText('/etc/ssh/sshd_config');
  if (main.state === 'unreadable') {
    return main.obstacle.code === 'missing' ? read(usualPlaces) : main;
  }
  const names = await host.list(usualFolder);
  if (names.state === 'unreadable' && names.obstacle.code !== 'missing') return names;
  const texts = [main.value];
  for (const name of names.state === 'read' ? names.value : []) {
    const text = await host.readText(`${usualFolder}/${name}`);
    if (text.state === 'unreadable') return text;
    texts.push(text.value);
  }
  return read(placesIn(texts.flatMap((text) => text.split('\n')).map(wordsOf)));
}

function placesIn(lines: readonly (readonly string[])[]): KeyPlaces {
  const files = new Set<string>();
  const elsewhere = new Set<string>();
  for (const [keyword = '', ...words] of lines) {
    switch (keyword.toLowerCase()) {
      case 'authorizedkeysfile':
        for (const word of words) if (word.toLowerCase() !== 'none') files.add(word);
        break;
      case 'authorizedkeyscommand':
        if (words[0]?.toLowerCase() !== 'none') elsewhere.add('AuthorizedKeysCommand');
        break;
      case 'trustedusercakeys':
        if (words[0]?.toLowerCase() !== 'none') elsewhere.add('TrustedUserCAKeys');
        break;
      case 'include':
        for (const word of words) if (!isUsual(word)) elsewhere.add('Include');
        break;
    }
  }
  // A Match block may set another file for some; for the others it is the usual ones.
  for (const file of usualFiles) files.add(file);
  return { files: [...files].sort(), elsewhere: [...elsewhere].sort() };
}

function isUsual(include: string): boolean {
  return ['/etc/ssh/', ''].some((folder) => include === `${folder}sshd_config.d/*.conf`);
}
