import { cosignCheckpoint, type Checkpoint } from '../../../evidence/checkpoint.ts';
import { witnessSigner, type WitnessSigner } from '../../../evidence/note.ts';
import { vkeyOf } from '../../../evidence/vkey.ts';
import { seededKey } from '../../evidence/keys.ts';
import { FixtureLog, twoHosts, type Fixture } from '../evidence.ts';
import { swapped, type Attack } from './attack.ts';

export const witness: WitnessSigner = witnessSigner('witness.example/w1', seededKey(21));
export const otherWitness: WitnessSigner = witnessSigner('other.example/w2', seededKey(22));

export const witnessVkey = vkeyOf(witness.key);
export const otherWitnessVkey = vkeyOf(otherWitness.key);

export interface AnchorChoices {
  /** The head that the entry names; that of all entries before it unless said. */
  readonly head?: Checkpoint;
  /** The head that was signed; the same unless said. */
  readonly signed?: Checkpoint;
  readonly by?: WitnessSigner;
  /** When it was signed, by the witness's clock; when it was received unless said. */
  readonly at?: Date;
  /** When the collector says that it received it. */
  readonly receivedAt?: Date;
  readonly change?: (line: string) => string;
}

/** Writes a witness's signature into the log. */
export function cosign(log: FixtureLog, choices: AnchorChoices = {}): void {
  const { head = log.head(), by = witness, receivedAt = log.now, change } = choices;
  const line = cosignCheckpoint(choices.signed ?? head, by, choices.at ?? receivedAt).trimEnd();
  log.append({
    v: 1,
    kind: 'anchor',
    receivedAt: receivedAt.toISOString(),
    size: head.size,
    root: head.root.toString('base64'),
    by: { type: 'witness', cosignature: change?.(line) ?? line },
  });
}

/** Someone with the log's key writes this after an honest history. */
function onAnchor(choices: (fixture: Fixture) => AnchorChoices, witnesses = [witnessVkey]): Attack['make'] {
  return async () => {
    const fixture = await twoHosts();
    cosign(fixture.log, choices(fixture));
    return { bundle: fixture.log.bundle(), options: { witnesses } };
  };
}

/** A log that witnesses signed, where more of them were asked for than vouch for it. */
function onQuorum(write: (log: FixtureLog) => void, witnesses: readonly string[], quorum: number): Attack['make'] {
  return async () => {
    const { log } = await twoHosts();
    write(log);
    return { bundle: log.bundle(), options: { witnesses, quorum } };
  };
}

/** The same log with its first two entries the other way round: what a liar shows to others. */
function otherHistory({ log }: Fixture): FixtureLog {
  return log.rewritten(swapped(log.entries, 0, 1));
}

const dayLater = (log: FixtureLog): Date => new Date(log.now.getTime() + 25 * 3_600_000);

/** Of a witness with a first and a second key. */
const renewed = witnessSigner(witness.key.name, seededKey(23));

/** On what witnesses signed. */
export const onWitnesses: readonly Attack[] = [
  {
    name: 'a split view: a witness signed another history of the same size',
    outcome: 'tampered',
    code: 'anchor.forked',
    words: /witness\.example\/w1 signed another head of 9 entries than this log has: it was shown another history/,
    make: onAnchor((fixture) => ({ head: otherHistory(fixture).head() })),
  },
  {
    name: 'a history rewritten and signed again, which a witness had signed otherwise',
    outcome: 'tampered',
    code: 'anchor.forked',
    words: /signed another head of 2 entries than this log has/,
    make: () => {
      const log = new FixtureLog();
      log.enrol('web1');
      log.enrol('web2');
      cosign(log);
      const bundle = log.rewritten(swapped(log.entries, 0, 1)).bundle();
      return Promise.resolve({ bundle, options: { witnesses: [witnessVkey] } });
    },
  },
  {
    name: 'a head that the log never had, signed by a witness that the auditor does not know',
    outcome: 'tampered',
    code: 'anchor.head',
    words: /the head of 9 entries that it anchors is not the one of this log/,
    make: onAnchor((fixture) => ({ head: otherHistory(fixture).head() }), []),
  },
  {
    name: 'a head that the log never had, under a signature over the true one',
    outcome: 'tampered',
    code: 'anchor.head',
    words: /is not the one of this log/,
    make: onAnchor((fixture) => ({ head: otherHistory(fixture).head(), signed: fixture.log.head() })),
  },
  {
    name: 'a head of more entries than stand before its anchor',
    outcome: 'tampered',
    code: 'anchor.head',
    words: /it anchors a head of 10 entries, and only 9 stand before it/,
    make: onAnchor(({ log }) => ({ head: { ...log.head(), size: 10 } })),
  },
  {
    name: 'a cosignature of an earlier head, moved to a later one',
    outcome: 'tampered',
    code: 'anchor.cosignature',
    words: /signature of witness\.example\/w1 \([0-9a-f]{8}\) is not over this text/,
    make: onAnchor(({ log }) => ({ signed: log.head(5) })),
  },
  {
    name: 'a cosignature of another log',
    outcome: 'tampered',
    code: 'anchor.cosignature',
    words: /is not over this text/,
    make: onAnchor(({ log }) => ({ signed: { ...log.head(), origin: 'elsewhere.example/log' } })),
  },
  {
    name: 'a cosignature with another moment',
    outcome: 'tampered',
    code: 'anchor.cosignature',
    words: /is not over this text/,
    make: onAnchor(() => ({ change: (line) => alter(line, 4 + 7) })),
  },
  {
    name: 'a forged cosignature',
    outcome: 'tampered',
    code: 'anchor.cosignature',
    words: /is not over this text/,
    make: onAnchor(() => ({ change: (line) => alter(line, 20) })),
  },
  {
    name: 'a cosignature that is none',
    outcome: 'tampered',
    code: 'anchor.cosignature',
    words: /a signature line is not of the form/,
    make: onAnchor(() => ({ change: (line) => `${line}\n${line}` }), []),
  },
  {
    name: 'a cosignature made after its entry is dated as received',
    outcome: 'tampered',
    code: 'entry.bounds',
    words: /holds what witness\.example\/w1 made later, at 2026-11-01T12:14:01\.000Z: the entry was back-dated/,
    make: onAnchor(({ log }) => ({ at: new Date(log.now.getTime() + 301_000) })),
  },
  {
    name: 'a quorum where no witness vouches for anything',
    outcome: 'incomplete',
    code: 'witness.quorum',
    words: /0 of the witnesses whose keys were given vouch for this log/,
    make: onQuorum(() => undefined, [witnessVkey], 1),
  },
  {
    name: 'a quorum of two where one vouches, and another whose key was not given',
    outcome: 'incomplete',
    code: 'witness.quorum',
    words: /1 of the witnesses whose keys were given vouch for this log .* asked for were 2/,
    make: onQuorum(
      (log) => {
        cosign(log);
        cosign(log, { by: otherWitness });
      },
      [witnessVkey, vkeyOf(witnessSigner('third.example/w3', seededKey(24)).key)],
      2,
    ),
  },
  {
    name: 'a quorum of two where one witness vouches under two keys',
    outcome: 'incomplete',
    code: 'witness.quorum',
    words: /1 of the witnesses .* asked for were 2/,
    make: onQuorum(
      (log) => {
        cosign(log);
        cosign(log, { by: renewed });
      },
      [witnessVkey, vkeyOf(renewed.key)],
      2,
    ),
  },
  {
    name: 'a quorum where the witness has signed nothing for longer than a day',
    outcome: 'incomplete',
    code: 'witness.quorum',
    words: /0 of the witnesses .* within a day before its last entry/,
    make: onQuorum(
      (log) => {
        cosign(log);
        const [receivedAt, from] = [dayLater(log).toISOString(), log.now.toISOString()];
        log.append({ v: 1, kind: 'gap', receivedAt, from, until: receivedAt });
      },
      [witnessVkey],
      1,
    ),
  },
];

/** The same line with one byte of what it encodes changed: 4 of the key's id, 8 of the moment, then the signature. */
function alter(line: string, at: number): string {
  const [dash = '', name = '', encoded = ''] = line.split(' ');
  const bytes = Buffer.from(encoded, 'base64');
  bytes.writeUInt8(bytes.readUInt8(at) ^ 1, at);
  return `${dash} ${name} ${bytes.toString('base64')}`;
}
