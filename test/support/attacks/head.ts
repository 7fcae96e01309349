import { checkpointPath, manifestPath } from '../../../evidence/bundle.ts';
import { signCheckpoint } from '../../../evidence/checkpoint.ts';
import { logSigner, signNote } from '../../../evidence/note.ts';
import { seededKey } from '../../evidence/keys.ts';
import { FixtureLog, twoHosts } from '../evidence.ts';
import { edit, headText, onFiles, setFile, type Attack } from './attack.ts';

/** On what comes first: the folder, the manifest, the signed head. */
export const onHead: readonly Attack[] = [
  {
    name: 'a folder that is no bundle',
    outcome: 'nothing',
    code: 'bundle.none',
    words: /bundle\.json: .*this is no bundle/,
    make: () => Promise.resolve({ bundle: new Map([['notes.txt', Buffer.from('hello')]]) }),
  },
  {
    name: 'a bundle without its signed head',
    outcome: 'nothing',
    code: 'bundle.none',
    words: /checkpoint: .*this is no bundle/,
    make: onFiles((bundle) => bundle.delete(checkpointPath)),
  },
  {
    name: 'the bundle of an empty log',
    outcome: 'nothing',
    code: 'bundle.no-entries',
    words: /nothing can be shown/,
    make: () => Promise.resolve({ bundle: new FixtureLog().bundle() }),
  },
  {
    name: 'a key given by the auditor that is not the one of the bundle',
    outcome: 'nothing',
    code: 'bundle.unknown-key',
    words: /not the key that was given/,
    make: async () => ({
      bundle: (await twoHosts()).log.bundle(),
      options: { logKey: new FixtureLog({ key: seededKey(8) }).vkey },
    }),
  },
  {
    name: 'a log of another origin than the key given by the auditor',
    outcome: 'nothing',
    code: 'bundle.unknown-key',
    words: /not the key that was given/,
    make: async () => ({
      bundle: (await twoHosts()).log.bundle(),
      options: { logKey: new FixtureLog({ origin: 'elsewhere.example/log' }).vkey },
    }),
  },
  {
    name: 'a head that an unknown key signed',
    outcome: 'nothing',
    code: 'note.no-known-signature',
    words: /no known key signed the note/,
    make: onFiles((bundle, { log }) =>
      setFile(bundle, checkpointPath, signCheckpoint(log.head(), logSigner(log.origin, seededKey(8)))),
    ),
  },
  {
    name: 'a head of another origin under the name of the key',
    outcome: 'nothing',
    code: 'checkpoint.origin',
    words: /the checkpoint is of elsewhere\.example/,
    make: onFiles((bundle, { log }) =>
      setFile(bundle, checkpointPath, signNote(headText(log).replace(log.origin, 'elsewhere.example'), log.signer)),
    ),
  },
  {
    name: 'a head with an edited size',
    outcome: 'tampered',
    code: 'note.signature',
    words: /signature of .* is not over this text/,
    make: onFiles((bundle) => edit(bundle, checkpointPath, (text) => text.replace('\n9\n', '\n8\n'))),
  },
  {
    name: 'a head that is no note',
    outcome: 'tampered',
    code: 'note.malformed',
    words: /a malformed note/,
    make: onFiles((bundle) => setFile(bundle, checkpointPath, 'fixture.example/log\n9\n')),
  },
  {
    name: 'a signed head that is no checkpoint',
    outcome: 'tampered',
    code: 'checkpoint.malformed',
    words: /this is no checkpoint/,
    make: onFiles((bundle, { log }) => setFile(bundle, checkpointPath, signNote(`${log.origin}\nnine\n`, log.signer))),
  },
  {
    name: 'a head with a signature of a stranger beside the true one',
    outcome: 'incomplete',
    code: 'checkpoint.unknown-signature',
    words: /1 of its signatures are by keys that are not known/,
    make: onFiles((bundle, { log }) => {
      const stranger = logSigner('stranger.example', seededKey(8));
      setFile(bundle, checkpointPath, signNote(headText(log), log.signer, stranger));
    }),
  },
  {
    name: 'a manifest of another size than the head',
    outcome: 'tampered',
    code: 'bundle.manifest',
    words: /another log or size than the signed checkpoint/,
    make: onFiles((bundle) => edit(bundle, manifestPath, (text) => text.replace('"size": 9', '"size": 8'))),
  },
  {
    name: 'a manifest in another form',
    outcome: 'tampered',
    code: 'bundle.malformed',
    words: /not in the form in which it was written/,
    make: onFiles((bundle) => edit(bundle, manifestPath, (text) => text.replace('"v": 1', '"v":  1'))),
  },
  {
    name: 'a manifest whose key is none',
    outcome: 'tampered',
    code: 'vkey.malformed',
    words: /bundle\.json: expected name\+key id/,
    make: onFiles((bundle, { log }) => edit(bundle, manifestPath, (text) => text.replace(log.vkey, 'none'))),
  },
];
