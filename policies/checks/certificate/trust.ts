import { z } from 'zod';
import { isAhead, isAsOld, isOlder } from '../../moments.ts';
import { isFuture, secondsBetween } from '../../quantities.ts';
import { obstacleReason, readingOf } from '../../reading.ts';
import { reasonsFrom, type Catalogue, type Reason } from '../../reasons.ts';
import type { Trust, TrustPath } from '../tls/trust.ts';

/** How many roots the system's store holds, and those of agent.yaml; or why they could not be read. */
export const RootCounts = z.strictObject({
  system: readingOf(z.int().nonnegative()),
  configured: readingOf(z.int().nonnegative()),
});
export type RootCounts = z.output<typeof RootCounts>;

export const trustReasons = {
  'certificate.trusted': {
    verdict: 'pass',
    en: '{certificate} leads to a trusted root ({store}), through {notAfter|moment}',
    nl: '{certificate} leidt naar een vertrouwde root ({store}), tot en met {notAfter|moment}',
  },
  'certificate.way-ended': {
    verdict: 'fail',
    en: '{certificate} leads to a trusted root, but the last of its ways there ended on {notAfter|moment}',
    nl: '{certificate} leidt naar een vertrouwde root, maar de laatste weg erheen eindigde op {notAfter|moment}',
  },
  'certificate.way-not-begun': {
    verdict: 'fail',
    en: '{certificate} leads to a trusted root only from {notBefore|moment} on',
    nl: '{certificate} leidt pas vanaf {notBefore|moment} naar een vertrouwde root',
  },
  'certificate.way-clock-doubt': {
    verdict: 'unknown',
    en: '{certificate} leads to a trusted root from {notBefore|moment} on, so near that clocks may differ on it',
    nl: '{certificate} leidt vanaf {notBefore|moment} naar een vertrouwde root, zo dichtbij dat klokken erover kunnen verschillen',
  },
  'certificate.way-weak': {
    verdict: 'fail',
    en: '{certificate} leads to a trusted root only over a signature with the broken {hash}',
    nl: '{certificate} leidt alleen over een handtekening met het gebroken {hash} naar een vertrouwde root',
  },
  'certificate.lacks-intermediate': {
    verdict: 'fail',
    en: '{certificate} is sent without an intermediate that its way to a trusted root needs; add it to the file the server sends',
    nl: '{certificate} wordt gestuurd zonder een tussencertificaat dat nodig is op de weg naar een vertrouwde root; voeg het toe aan het bestand dat de server stuurt',
  },
  'certificate.only-own-root': {
    verdict: 'fail',
    en: '{certificate} leads only to a root that agent.yaml adds ("trustedRoots"), to none of the system',
    nl: '{certificate} leidt alleen naar een root die agent.yaml toevoegt ("trustedRoots"), niet naar een van het systeem',
  },
  'certificate.self-signed': {
    verdict: 'fail',
    en: '{certificate} signed itself and is no trusted root',
    nl: '{certificate} is door zichzelf ondertekend en geen vertrouwde root',
  },
  'certificate.unknown-issuer': {
    verdict: 'fail',
    en: '{certificate} leads to no trusted root: an issuer is not known here, or an intermediate was not sent',
    nl: '{certificate} leidt niet naar een vertrouwde root: een uitgever is hier niet bekend, of een tussencertificaat is niet meegestuurd',
  },
  'certificate.incomplete-chain': {
    verdict: 'fail',
    en: '{certificate} is sent without an intermediate that is known here, and leads to no trusted root even with it',
    nl: '{certificate} wordt gestuurd zonder een tussencertificaat dat hier bekend is, en leidt ook daarmee niet naar een vertrouwde root',
  },
  'certificate.bad-signature': {
    verdict: 'fail',
    en: '{certificate} leads to no trusted root: a signature on the way does not hold',
    nl: '{certificate} leidt niet naar een vertrouwde root: een handtekening op de weg klopt niet',
  },
  'certificate.not-a-ca': {
    verdict: 'fail',
    en: '{certificate} leads to no trusted root: a certificate on the way may not issue others',
    nl: '{certificate} leidt niet naar een vertrouwde root: een certificaat op de weg mag geen andere uitgeven',
  },
  'certificate.path-length': {
    verdict: 'fail',
    en: '{certificate} leads to no trusted root: more intermediates stand between than an issuer allows',
    nl: '{certificate} leidt niet naar een vertrouwde root: er staan meer tussencertificaten tussen dan een uitgever toestaat',
  },
  'certificate.name-constraints': {
    verdict: 'fail',
    en: '{certificate} leads to no trusted root: an issuer is not allowed to issue for these names',
    nl: '{certificate} leidt niet naar een vertrouwde root: een uitgever mag niet voor deze namen uitgeven',
  },
  'certificate.critical-extension': {
    verdict: 'fail',
    en: '{certificate} leads to no trusted root: it or an issuer has a critical extension that clients do not know',
    nl: '{certificate} leidt niet naar een vertrouwde root: het of een uitgever heeft een kritieke extensie die clients niet kennen',
  },
  'certificate.wrong-purpose': {
    verdict: 'fail',
    en: '{certificate} leads to no trusted root: it or an issuer is not for TLS servers',
    nl: '{certificate} leidt niet naar een vertrouwde root: het of een uitgever is niet voor TLS-servers',
  },
  'certificate.no-roots': {
    verdict: 'unknown',
    en: 'whether {certificate} leads to a trusted root is not known: the roots could not be read',
    nl: 'of {certificate} naar een vertrouwde root leidt is niet bekend: de roots konden niet worden gelezen',
  },
  'certificate.unverifiable': {
    verdict: 'unknown',
    en: 'whether {certificate} leads to a trusted root is not known: the certificates sent are of a form that is not known here, or too tangled',
    nl: 'of {certificate} naar een vertrouwde root leidt is niet bekend: de gestuurde certificaten hebben een vorm die hier niet bekend is, of zijn te verward',
  },
  'certificate.trust-not-read': {
    verdict: 'unknown',
    en: 'whether {certificate} leads to a trusted root was not read in this run',
    nl: 'of {certificate} naar een vertrouwde root leidt is in deze run niet gelezen',
  },
} as const satisfies Catalogue;

const because = reasonsFrom(trustReasons);

export interface Trusting {
  /** `system`: a root that only agent.yaml adds does not count. */
  readonly demand: true | 'system';
  readonly roots: RootCounts | undefined;
  readonly at: Date;
}

/** Whether a served leaf leads to a root at a moment. `certificate` describes it. */
export function judgeTrust(
  trust: Trust | undefined,
  { demand, roots, at }: Trusting,
  certificate: string,
  subject: string,
): Reason[] {
  if (trust === undefined) return [because('certificate.trust-not-read', { certificate }, subject)];
  const ways = demand === 'system' ? trust.system : [...trust.system, ...trust.configured];
  if (ways.length === 0) return judgeNoWay(trust, roots, certificate, subject);
  const open = ways.filter((way) => isOpen(way, at));
  const best = open
    .filter(({ weakSignature }) => weakSignature === 'none')
    .toSorted(byEnd)
    .at(-1);
  if (best === undefined) return [whyClosed(ways, open, at, certificate, subject)];
  if (trust.chain.lacksIntermediate) return [because('certificate.lacks-intermediate', { certificate }, subject)];
  const store = trust.system.includes(best) ? 'system' : 'agent.yaml';
  return [because('certificate.trusted', { certificate, store, notAfter: best.notAfter }, subject)];
}

function judgeNoWay(trust: Trust, roots: RootCounts | undefined, certificate: string, subject: string): Reason[] {
  const unread = [roots?.system, roots?.configured].filter((store) => store?.state === 'unreadable');
  // A way to an own root says nothing of a system's store that could not be read.
  if (trust.obstacle === 'no-roots' || (trust.obstacle === null && (roots === undefined || unread.length > 0))) {
    return [
      because('certificate.no-roots', { certificate }, subject),
      ...unread.map(({ obstacle }) => obstacleReason(obstacle, subject)),
    ];
  }
  return [because(`certificate.${trust.obstacle ?? 'only-own-root'}`, { certificate }, subject)];
}

function isOpen({ notBefore, notAfter }: TrustPath, at: Date): boolean {
  return !isOlder(notAfter, 0, at) && isAsOld(notBefore, 0, at);
}

function byEnd(a: TrustPath, b: TrustPath): number {
  return secondsBetween(b.notAfter, a.notAfter);
}

function whyClosed(
  ways: readonly TrustPath[],
  open: readonly TrustPath[],
  at: Date,
  certificate: string,
  subject: string,
): Reason {
  const [weak] = open;
  if (weak !== undefined) return because('certificate.way-weak', { certificate, hash: weak.weakSignature }, subject);
  const begins = ways.filter(({ notBefore, notAfter }) => notBefore <= notAfter && isAhead(notBefore, 0, at));
  const [soonest] = begins.map(({ notBefore }) => notBefore).sort();
  if (soonest !== undefined) {
    const isNear = !isFuture(soonest, at);
    const code = isNear ? 'certificate.way-clock-doubt' : 'certificate.way-not-begun';
    return because(code, { certificate, notBefore: soonest }, subject);
  }
  const notAfter = ways.toSorted(byEnd).at(-1)?.notAfter ?? '';
  return because('certificate.way-ended', { certificate, notAfter }, subject);
}
