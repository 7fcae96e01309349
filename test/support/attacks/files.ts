import { checkpointPath, policyPath, readmePath, saltsPath } from '../../../evidence/bundle.ts';
import { encodeEntryBundle } from '../../../evidence/tiles.ts';
import { partOf, twoHosts } from '../evidence.ts';
import { quickPolicy } from '../road.ts';
import {
  anyOf,
  edit,
  entriesPath,
  fileOf,
  hashesPath,
  onFiles,
  replaced,
  setFile,
  swapped,
  without,
  type Attack,
} from './attack.ts';

/** On the files of a bundle, by someone without a key. */
export const onFilesOfBundle: readonly Attack[] = [
  {
    name: 'an edited entry',
    outcome: 'tampered',
    code: 'entry.changed',
    words: /entry 3: .*not the entry that the log signed/s,
    make: onFiles((bundle, { log }) => {
      const edited = replaced(log.entries, 3, (entry) => ({ ...entry, agent: 'database2' }));
      setFile(bundle, entriesPath, encodeEntryBundle(edited));
    }),
  },
  {
    name: 'an edited entry with its hash',
    outcome: 'tampered',
    code: 'log.root',
    words: /do not give the signed root/,
    make: onFiles((bundle, { log }) => {
      const edited = log.rewritten(replaced(log.entries, 3, (entry) => ({ ...entry, agent: 'database2' }))).bundle();
      for (const path of [entriesPath, hashesPath]) setFile(bundle, path, fileOf(edited, path));
    }),
  },
  {
    name: 'a removed entry',
    outcome: 'tampered',
    code: 'entries.count',
    words: /holds 8 entries where the log has 9/,
    make: onFiles((bundle, { log }) => setFile(bundle, entriesPath, encodeEntryBundle(without(log.entries, 4)))),
  },
  {
    name: 'an added entry',
    outcome: 'tampered',
    code: 'entries.count',
    words: /holds 10 entries where the log has 9/,
    make: onFiles((bundle, { log }) =>
      setFile(bundle, entriesPath, encodeEntryBundle([...log.entries, Buffer.from('{}')])),
    ),
  },
  {
    name: 'reordered entries',
    outcome: 'tampered',
    code: 'entry.changed',
    words: /entry 5: .*moved/s,
    make: onFiles((bundle, { log }) => setFile(bundle, entriesPath, encodeEntryBundle(swapped(log.entries, 5, 6)))),
  },
  {
    name: 'a duplicated entry in place of another',
    outcome: 'tampered',
    code: 'entry.changed',
    words: /entry 7: /,
    make: onFiles((bundle, { log }) =>
      setFile(bundle, entriesPath, encodeEntryBundle(log.entries.with(7, log.entries[5] ?? Buffer.alloc(0)))),
    ),
  },
  {
    name: 'entries that are cut short',
    outcome: 'tampered',
    code: 'entry-bundle.malformed',
    words: /cut short within entry 8/,
    make: onFiles((bundle) => bundle.set(entriesPath, fileOf(bundle, entriesPath).subarray(0, -1))),
  },
  {
    name: 'missing entries',
    outcome: 'incomplete',
    code: 'entries.missing',
    words: /not in the bundle: neither its 9 entries/,
    make: onFiles((bundle) => bundle.delete(entriesPath)),
  },
  {
    name: 'a missing tile',
    outcome: 'incomplete',
    code: 'tile.missing',
    words: /what lies under it cannot be verified/,
    make: onFiles((bundle) => bundle.delete(hashesPath)),
  },
  {
    name: 'a tile of another length',
    outcome: 'tampered',
    code: 'tile.malformed',
    words: /320 bytes; expected 9 hashes/,
    make: onFiles((bundle) =>
      setFile(bundle, hashesPath, Buffer.concat([fileOf(bundle, hashesPath), Buffer.alloc(32)])),
    ),
  },
  {
    name: 'a file that nothing speaks of',
    outcome: 'tampered',
    code: 'file.stray',
    words: /parts\/extra\.json: no entry of the log speaks of this file/,
    make: onFiles((bundle) => setFile(bundle, 'parts/extra.json', '{}')),
  },
  {
    name: 'a tile beyond the end of the log',
    outcome: 'tampered',
    code: 'file.stray',
    words: /tile\/entries\/000\.p\/10: no entry/,
    make: onFiles((bundle) => setFile(bundle, 'tile/entries/000.p/10', 'x')),
  },
  {
    name: 'a part that no report commits to, with its salt',
    outcome: 'tampered',
    code: 'salts.stray',
    words: /to which no report commits/,
    make: async () => {
      const { log } = await twoHosts();
      const part = partOf('facts/tls', '{}');
      log.parts.set(part.commitment, part);
      return { bundle: log.bundle() };
    },
  },
  {
    name: 'a missing part',
    outcome: 'incomplete',
    code: 'part.missing',
    words: /not in the bundle: it is [a-z/-]+, to which entry \d commits/,
    make: onFiles((bundle) => bundle.delete(anyOf(bundle, 'parts/'))),
  },
  {
    name: 'a missing salt',
    outcome: 'incomplete',
    code: 'part.missing',
    words: /is not there, and no entry of the log says that it was erased/,
    make: onFiles((bundle) => edit(bundle, saltsPath, (text) => text.slice(110))),
  },
  {
    name: 'no salts at all',
    outcome: 'incomplete',
    code: 'salts.missing',
    words: /no part of a report can be verified/,
    make: onFiles((bundle) => bundle.delete(saltsPath)),
  },
  {
    name: 'salts out of order',
    outcome: 'tampered',
    code: 'salts.malformed',
    words: /not sorted at line 2/,
    make: onFiles((bundle) =>
      edit(bundle, saltsPath, (text) => text.slice(110, 220) + text.slice(0, 110) + text.slice(220)),
    ),
  },
  {
    name: 'an edited part',
    outcome: 'tampered',
    code: 'part.commitment',
    words: /is not what entry \d commits to/,
    make: onFiles((bundle) => edit(bundle, anyOf(bundle, 'parts/'), (text) => `${text} `)),
  },
  {
    name: 'an edited policy document',
    outcome: 'tampered',
    code: 'policy.digest',
    words: /the document was changed/,
    make: onFiles((bundle) => edit(bundle, policyPath(quickPolicy.digest), (text) => text.replace('183d', '9999d'))),
  },
  {
    name: 'a missing policy document',
    outcome: 'incomplete',
    code: 'policy.missing',
    words: /reports judged by it cannot be judged again/,
    make: onFiles((bundle) => bundle.delete(policyPath(quickPolicy.digest))),
  },
  {
    name: 'a changed README',
    outcome: 'tampered',
    code: 'readme.changed',
    words: /README\.txt: its text is not that of a bundle/,
    make: onFiles((bundle) => edit(bundle, readmePath, (text) => text.replace('--key LOG-KEY', ''))),
  },
  {
    name: 'a missing README',
    outcome: 'incomplete',
    code: 'readme.missing',
    words: /README\.txt: the file is not in the bundle/,
    make: onFiles((bundle) => bundle.delete(readmePath)),
  },
  {
    name: 'a file of absurd length',
    outcome: 'tampered',
    code: 'file.too-large',
    words: /longer than 65536 bytes/,
    make: onFiles((bundle) => setFile(bundle, checkpointPath, Buffer.alloc(65_537, 'x'))),
  },
];
