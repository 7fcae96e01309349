import { z } from 'zod';
import { read, unreadable } from '../../../policies/reading.ts';
import { AbsolutePath } from '../backup/reader.ts';
import { defineStoreReader, noOtherWays, type FoundAccount } from './store.ts';

/** A file of names and hashes (htpasswd(1)), as Apache, nginx and others read it. It records no change. */
export const htpasswd = defineStoreReader({
  kind: 'htpasswd',
  source: z.strictObject({ file: AbsolutePath }),
  rehashes: false,
  isComplete: true,
  async read({ host }, store, { file }) {
    const what = `htpasswd (${store})`;
    const text = await host.readText(file);
    if (text.state === 'unreadable') return unreadable(text.obstacle.code, what);
    const accounts: FoundAccount[] = [];
    for (const [index, line] of text.value.split(/\r?\n/).entries()) {
      if (line.trim() === '' || line.startsWith('#')) continue;
      const [, name = '', hash] = /^([^:]+):([^:]*)/.exec(line) ?? [];
      if (hash === undefined) return unreadable('unparsable', what, `line ${index + 1} is no name and hash`);
      // Of two lines with one name servers heed the first.
      if (accounts.some((account) => account.name === name)) continue;
      accounts.push({
        name,
        hash: hash === '' ? null : hash,
        recorded: null,
        opensBy: hash === '' ? 'empty' : 'password',
      });
    }
    return read({ accounts, ways: noOtherWays });
  },
});
