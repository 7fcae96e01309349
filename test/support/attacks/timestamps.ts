import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { formatCheckpoint } from '../../../evidence/checkpoint.ts';
import { FixtureLog, twoHosts, type Fixture, type ReportChoices } from '../evidence.ts';
import { TimestampAuthority, type TokenOrder } from '../timestamp-authority.ts';
import { type Attack } from './attack.ts';

export interface TokenChoices extends Partial<Omit<TokenOrder, 'text'>> {
  /** Of the head that the entry names; all entries before it unless said. */
  readonly size?: number;
  /** The text that the token is over; that of the head unless said. */
  readonly text?: string;
  /** When the collector says that it received it. */
  readonly receivedAt?: Date;
  readonly change?: (token: Buffer) => Buffer;
}

/** Writes a token of the test's authority into the log, made a minute after the entry before it unless said. */
export function timestamp(
  log: FixtureLog,
  { size = log.entries.length, receivedAt = log.now, change = (token) => token, ...order }: TokenChoices = {},
): void {
  const head = log.head(Math.min(size, log.entries.length));
  const token = change(authority().token({ text: formatCheckpoint(head), at: log.now, ...order }));
  log.append({
    v: 1,
    kind: 'anchor',
    receivedAt: receivedAt.toISOString(),
    size,
    root: head.root.toString('base64'),
    by: { type: 'rfc3161', authority: 'test', token: token.toString('base64') },
  });
}

let shared: TimestampAuthority | undefined;

/** One for all, made when it is first asked for. */
export function authority(): TimestampAuthority {
  if (shared !== undefined) return shared;
  const folder = mkdtempSync(join(tmpdir(), 'waarborg-tsa-'));
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
  shared = new TimestampAuthority(join(folder, 'authority'));
  shared.issue({ name: 'no-eku', extensions: ['basicConstraints=critical,CA:FALSE'] });
  shared.issue({ name: 'expired', ends: new Date('2026-11-01T00:00:00Z') });
  return shared;
}

/** Someone with the log's key writes this after an honest history. */
function onTimestamp(choices: (fixture: Fixture) => TokenChoices, andThen?: (fixture: Fixture) => ReportChoices) {
  return async (): ReturnType<Attack['make']> => {
    const fixture = await twoHosts();
    timestamp(fixture.log, choices(fixture));
    if (andThen !== undefined) await fixture.log.report(fixture.web, andThen(fixture));
    return { bundle: fixture.log.bundle(), options: { authorities: [authority().root] } };
  };
}

/** On the time-stamp tokens in the log, and on its dates. */
export const onTimestamps: readonly Attack[] = [
  {
    name: 'a token for another root',
    outcome: 'tampered',
    code: 'timestamp.imprint',
    words: /entry 9: the token is over something else than this head of the log/,
    make: onTimestamp(({ log }) => ({ text: formatCheckpoint({ ...log.head(), root: Buffer.alloc(32, 1) }) })),
  },
  {
    name: 'a token moved to the entry of another head',
    outcome: 'tampered',
    code: 'timestamp.imprint',
    words: /entry 9: the token is over something else/,
    make: onTimestamp(({ log }) => ({ size: 9, text: formatCheckpoint(log.head(4)) })),
  },
  {
    name: 'a token of another log',
    outcome: 'tampered',
    code: 'timestamp.imprint',
    words: /the token is over something else/,
    make: onTimestamp(({ log }) => ({ text: formatCheckpoint({ ...log.head(), origin: 'elsewhere.example/log' }) })),
  },
  {
    name: 'a token over more entries than stand before it',
    outcome: 'tampered',
    code: 'anchor.head',
    words: /it anchors a head of 12 entries, and only 9 stand before it/,
    make: onTimestamp(() => ({ size: 12 })),
  },
  {
    name: 'a token with an altered moment',
    outcome: 'tampered',
    code: 'timestamp.signature',
    words: /what the token states is not what was signed: it was altered/,
    make: onTimestamp(() => ({
      at: new Date('2026-11-01T12:09:00Z'),
      change: (token) => Buffer.from(token.toString('latin1').replace('20261101120900Z', '20261001120900Z'), 'latin1'),
    })),
  },
  {
    name: 'a token whose signer is not for time stamps, under an authority that is trusted',
    outcome: 'tampered',
    code: 'timestamp.certificate',
    words: /the certificate "no-eku" is not for time stamps alone/,
    make: onTimestamp(() => ({ signer: 'no-eku' })),
  },
  {
    name: 'a token by the key of a certificate that had expired',
    outcome: 'tampered',
    code: 'timestamp.certificate',
    words: /the certificate "expired" was not valid at 2026-11-01T12:09/,
    make: onTimestamp(() => ({ signer: 'expired' })),
  },
  {
    name: 'a token that is none',
    outcome: 'tampered',
    code: 'timestamp.malformed',
    words: /this is no time-stamp token in DER/,
    make: onTimestamp(() => ({ change: () => Buffer.from('trust me') })),
  },
  {
    name: 'a token that rests on SHA-1',
    outcome: 'incomplete',
    code: 'timestamp.algorithm',
    words: /an algorithm that is not known or not safe/,
    make: onTimestamp(() => ({ digest: 'sha1' })),
  },
  {
    name: 'entries dated later than a token shows that they existed',
    outcome: 'tampered',
    code: 'entry.bounds',
    words:
      /entry 8: dated as received at 2026-11-01T12:08:00.000Z, and Test TSA Root shows that it existed at 2026-11-01T11:00:00.000Z: .* dated forward/s,
    make: onTimestamp(() => ({ at: new Date('2026-11-01T11:00:00Z') })),
  },
  {
    name: 'an entry dated earlier than the token in it was made',
    outcome: 'tampered',
    code: 'entry.bounds',
    words:
      /entry 9: dated as received at 2026-11-01T12:09:00.000Z, and it holds what Test TSA Root made later, at 2026-11-02T12:00:00.000Z/,
    make: onTimestamp(() => ({ at: new Date('2026-11-02T12:00:00Z') })),
  },
  {
    name: 'a report dated earlier than a token that its agent had seen',
    outcome: 'incomplete',
    code: 'report.bounds',
    words:
      /web1 dated this report 2026-10-20T00:00:00.000Z, and had seen in the log what Test TSA Root made at 2026-11-01T12:09:00.000Z/,
    make: onTimestamp(
      () => ({}),
      ({ log }) => ({ at: new Date('2026-10-20T00:00:00Z'), seen: log.head() }),
    ),
  },
].map((attack) => ({ ...attack, tool: 'openssl' })) as readonly Attack[];
