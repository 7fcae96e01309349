import { signCheckpoint } from '../../../evidence/checkpoint.ts';
import { logSigner } from '../../../evidence/note.ts';
import { vkeyOf } from '../../../evidence/vkey.ts';
import { seededKey } from '../../evidence/keys.ts';
import { twoHosts, type FixtureLog } from '../evidence.ts';
import { swapped, type Attack, type Attacked } from './attack.ts';

const [first, thief] = [seededKey(9), seededKey(77)];

/** Something is done to a log of two hosts that changed its key after nine entries. */
function onChanged(change: (log: FixtureLog) => FixtureLog | undefined, options: Attacked['options'] = {}) {
  return async (): Promise<Attacked> => {
    const { log } = await twoHosts();
    log.changeKey();
    return { bundle: (change(log) ?? log).bundle(), options };
  };
}

function firstKey(): string {
  return vkeyOf(logSigner('fixture.example/log', first).key);
}

/** On the keys of the log: those who lost one, and those who never had one. */
export const onLogKeys: readonly Attack[] = [
  {
    name: "a thief's log that says it took over from the key that the auditor knows",
    outcome: 'tampered',
    code: 'handover.signature',
    words: /did not sign the handover of entry 9/,
    make: onChanged(
      (log) => {
        const signer = logSigner(log.origin, thief);
        log.handovers.splice(0, 1, { index: 9, logKey: firstKey(), checkpoint: signCheckpoint(log.head(), signer) });
        [log.signer, log.former] = [signer, undefined];
        return undefined;
      },
      { logKey: firstKey() },
    ),
  },
  {
    name: 'a new key that did not sign, and so may be in nobody’s hands',
    outcome: 'tampered',
    code: 'handover.signature',
    words: /did not sign the handover of entry 9/,
    make: onChanged((log) => {
      const checkpoint = signCheckpoint(log.head(), logSigner(log.origin, first));
      log.handovers.splice(0, 1, { index: 9, logKey: firstKey(), checkpoint });
      return undefined;
    }),
  },
  {
    name: 'a head that only a key signed that was given up',
    outcome: 'nothing',
    code: 'note.no-known-signature',
    words: /no known key signed the note/,
    make: async () => {
      const { log } = await twoHosts();
      log.changeKey();
      const bundle = log.bundle();
      bundle.set('checkpoint', Buffer.from(signCheckpoint(log.head(), logSigner(log.origin, first))));
      return { bundle };
    },
  },
  {
    name: 'a head whose second signature, of the key that was given up, is another',
    outcome: 'tampered',
    code: 'note.signature',
    words: /the signature of fixture\.example\/log \([0-9a-f]{8}\) is not over this text/,
    make: async () => {
      const { log } = await twoHosts();
      log.changeKey();
      const bundle = log.bundle();
      const lines = log.checkpoint().split('\n');
      const earlier = log.rewritten(log.entries.slice(0, 9)).checkpoint().split('\n');
      bundle.set('checkpoint', Buffer.from([...lines.slice(0, -2), ...earlier.slice(-2)].join('\n')));
      return { bundle };
    },
  },
  {
    name: 'an entry that puts another key in force, which the one before it never signed for',
    outcome: 'tampered',
    code: 'handover.entry',
    words: /entry 9: it puts another key in force, and the bundle has no head over it that both keys signed/,
    make: async () => {
      const { log } = await twoHosts();
      const logKey = vkeyOf(logSigner(log.origin, thief).key);
      log.append({ v: 1, kind: 'key.rotate', receivedAt: log.now.toISOString(), rotated: { of: 'log', logKey } });
      return { bundle: log.bundle() };
    },
  },
  {
    name: 'a key in force of which no entry speaks',
    outcome: 'tampered',
    code: 'handover.entry',
    words: /bundle\.json: it says that entry 9 puts another key in force, which that does not/,
    make: onChanged((log) => {
      const other = log.rewritten(log.entries.slice(0, 9));
      other.enrol('mail1');
      const checkpoint = signCheckpoint(other.head(), other.signer, logSigner(log.origin, first));
      other.handovers.splice(0, 1, { index: 9, logKey: firstKey(), checkpoint });
      return other;
    }),
  },
  {
    name: 'an entry that names another key than the one in force',
    outcome: 'tampered',
    code: 'handover.entry',
    words: /entry 9: it names another key than/,
    make: onChanged((log) => {
      const other = log.rewritten(log.entries.slice(0, 9));
      const logKey = vkeyOf(logSigner(log.origin, thief).key);
      other.append({ v: 1, kind: 'key.rotate', receivedAt: other.now.toISOString(), rotated: { of: 'log', logKey } });
      const checkpoint = signCheckpoint(other.head(), other.signer, logSigner(log.origin, first));
      other.handovers.splice(0, 1, { index: 9, logKey: firstKey(), checkpoint });
      return other;
    }),
  },
  {
    name: 'a history rewritten under the new key, before the change',
    outcome: 'tampered',
    code: 'handover.entry',
    words: /the head that both keys signed over it is of another history/,
    make: onChanged((log) => log.rewritten(swapped(log.entries, 3, 4)), { logKey: firstKey() }),
  },
  {
    name: 'a handover over another head than that of its entry',
    outcome: 'tampered',
    code: 'handover.order',
    words: /both keys signed a head of 10 entries for the handover of entry 8; expected 9/,
    make: onChanged((log) => {
      log.handovers.splice(0, 1, ...log.handovers.map((handover) => ({ ...handover, index: 8 })));
      return undefined;
    }),
  },
  {
    name: 'a key that comes back',
    outcome: 'tampered',
    code: 'handover.order',
    words: /gone back to a key that it had before/,
    make: onChanged((log) => {
      log.changeKey(first);
      return undefined;
    }),
  },
];
