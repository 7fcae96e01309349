import type { Doubt } from '../../../policies/checks/endpoints.ts';
import type { Profile, SuiteScan } from '../../../policies/checks/tls/profile.ts';
import { suiteOf, type Suite } from '../../../policies/checks/tls/suites.ts';
import { ByteReader, Malformed } from '../../../evidence/der/bytes.ts';
import { classicGroups, finiteFieldGroups, modernGroups, type RecordVersion } from '../client-hello.ts';
import { sayModernHello, type Line } from '../dial.ts';
import { shareableGroups } from '../key-share.ts';
import type { Reply } from '../reply.ts';
import { extensionNumbers } from '../server-messages.ts';
import { allSignatureSchemes } from '../signatures.ts';
import { suitesAtOnce } from '../suites.ts';
import { sortedNumbers, type Findings } from './findings.ts';
import { choiceOf, choose, type Choice } from './questions.ts';

/** The suites of the newest version up to TLS 1.2 that is accepted and has such suites. */
function newestClassic(
  scans: readonly SuiteScan[],
  isSuch: (suite: Suite) => boolean,
): { version: RecordVersion; suites: readonly number[] } | undefined {
  for (const { version, suites } of [...scans].reverse()) {
    if (version === 'SSLv2' || version === 'TLSv1.3') continue;
    const such = suites
      .filter((number) => {
        const suite = suiteOf(number);
        return suite !== undefined && isSuch(suite);
      })
      .slice(0, suitesAtOnce);
    if (such.length > 0) return { version, suites: such };
  }
  return undefined;
}

/** The server signs its half of the key exchange. */
function isSigned({ keyExchange, authentication }: Suite): boolean {
  return ['ECDHE', 'DHE'].includes(keyExchange) && ['RSA', 'DSS', 'ECDSA'].includes(authentication);
}

function modernSuites(scans: readonly SuiteScan[]): readonly number[] {
  return scans.find(({ version }) => version === 'TLSv1.3')?.suites ?? [];
}

/**
 * The named groups that no answer has shown yet: offers those alone, and leaves out what is chosen, until the rest is
 * refused. In TLS 1.3 without a key share, so that the server names what it wants.
 */
export async function scanGroups(
  line: Line,
  findings: Findings,
  scans: readonly SuiteScan[],
): Promise<Profile['groups']> {
  let incomplete: Doubt | null = null;
  const modern = modernSuites(scans);
  if (modern.length > 0) {
    const all = [...modernGroups, ...finiteFieldGroups];
    incomplete = await exhaust(all, findings.groups, (groups) =>
      choose(line, findings, 'TLSv1.3', modern, { groups, withoutShares: true }),
    );
  }
  const classic = newestClassic(scans, ({ keyExchange }) => keyExchange === 'ECDHE');
  if (classic !== undefined) {
    const why = await exhaust(classicGroups, findings.groups, (groups) =>
      choose(line, findings, classic.version, classic.suites, { groups }),
    );
    incomplete ??= why;
  }
  return { named: sortedNumbers(findings.groups), incomplete };
}

/**
 * The signature schemes that no answer has shown yet, in the same way.
 * @returns why there may be more
 */
export async function scanSignatureSchemes(
  line: Line,
  findings: Findings,
  scans: readonly SuiteScan[],
): Promise<Doubt | null> {
  const seen = findings.signatureSchemes;
  const signed = newestClassic(scans, isSigned);
  let incomplete: Doubt | null = null;
  if (signed?.version === 'TLSv1.2') {
    incomplete = await exhaust(allSignatureSchemes, seen, (signatureSchemes) =>
      choose(line, findings, 'TLSv1.2', signed.suites, { signatureSchemes }),
    );
  }
  const modern = modernSuites(scans);
  const share = shareableGroups.find((group) => findings.groups.has(group));
  if (modern.length === 0 || share === undefined) return incomplete;
  const why = await exhaust(allSignatureSchemes, seen, async (signatureSchemes) => {
    const reply = await sayModernHello(line, { suites: modern, signatureSchemes, groups: [share] }, share);
    findings.learn(reply);
    return choiceOf(reply, 'TLSv1.3', modern);
  });
  return incomplete ?? why;
}

/**
 * Asks for what was not seen until that is refused or nothing new is seen.
 * @returns why there may be more
 */
async function exhaust(
  all: readonly number[],
  seen: ReadonlySet<number>,
  ask: (unseen: readonly number[]) => Promise<Choice>,
): Promise<Doubt | null> {
  for (;;) {
    const unseen = all.filter((one) => !seen.has(one));
    const before = seen.size;
    if (unseen.length === 0) return null;
    const choice = await ask(unseen);
    switch (choice.kind) {
      case 'took':
        if (seen.size === before) return { what: 'not-offered' };
        break;
      case 'refused':
        return null;
      case 'dropped':
        return { what: 'closed' };
      case 'unclear':
        return choice.why;
    }
  }
}

/** What a server of TLS 1.3 says of itself where another group than its favourite was taken (RFC 8446 4.2.7). */
export function announcedGroups(reply: Reply): readonly number[] {
  const content = reply.kind === 'hello' ? reply.flight?.extensions.get(extensionNumbers.supportedGroups) : undefined;
  if (content === undefined) return [];
  try {
    const list = new ByteReader(new ByteReader(content).vector(2));
    const groups: number[] = [];
    while (list.remaining > 0) groups.push(list.number(2));
    const known = [...modernGroups, ...finiteFieldGroups, ...classicGroups];
    return groups.filter((group) => known.includes(group));
  } catch (error) {
    if (error instanceof Malformed) return [];
    throw error;
  }
}
