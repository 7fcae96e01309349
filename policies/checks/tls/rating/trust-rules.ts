import { isAhead, isAsOld, isOlder } from '../../../moments.ts';
import { isFuture } from '../../../quantities.ts';
import { coversName } from '../../certificate/names.ts';
import type { Grounds } from '../grounds.ts';
import type { TrustPath } from '../trust.ts';
import { anyLeaf, applies, clear, open, type Evidence, type Finding } from './evidence.ts';
import type { Rule } from './rule.ts';

const intro = 'SSL Labs Server Rating Guide, introduction';
const guide = 'SSL Labs Server Rating Guide, changes';

/** Rules about whom a certificate is for, and who says so. */
export const trustRules = [
  {
    id: 'expired',
    letter: 'T',
    revision: '2009',
    source: intro,
    en: 'serves a certificate that has expired',
    nl: 'serveert een certificaat dat verlopen is',
    test: (evidence) =>
      anyLeaf(evidence, ({ leaf }) =>
        isOlder(leaf.notAfter, 0, evidence.at) ? applies(`on ${leaf.notAfter}`) : clear,
      ),
  },
  {
    id: 'not-yet-valid',
    letter: 'T',
    revision: '2009',
    source: intro,
    en: 'serves a certificate that is not valid yet',
    nl: 'serveert een certificaat dat nog niet geldig is',
    test: (evidence) => anyLeaf(evidence, ({ leaf }) => begins(leaf.notBefore, evidence.at)),
  },
  {
    id: 'self-signed',
    letter: 'T',
    revision: '2009',
    source: intro,
    en: 'serves a certificate that vouches for itself',
    nl: 'serveert een certificaat dat voor zichzelf instaat',
    test: (evidence) =>
      anyLeaf(evidence, ({ leaf, trust }) => (trust.obstacle === 'self-signed' ? applies(leaf.subject) : clear)),
  },
  {
    id: 'untrusted',
    letter: 'T',
    revision: '2009o',
    source: intro,
    en: 'serves a certificate that leads to no trusted root',
    nl: 'serveert een certificaat dat naar geen vertrouwde wortel leidt',
    test: (evidence) => anyLeaf(evidence, (served) => untrusted(served, evidence.at)),
  },
  {
    id: 'sha1-signature',
    letter: 'T',
    revision: '2009l',
    source: 'SSL Labs Server Rating Guide, changes; browsers refuse it, and testssl.sh gives T',
    en: 'serves a certificate that is signed over SHA-1',
    nl: 'serveert een certificaat dat over SHA-1 is ondertekend',
    test: (evidence) => anyLeaf(evidence, (served) => sha1(served, evidence.at)),
  },
  {
    id: 'name-mismatch',
    letter: 'M',
    revision: '2009',
    source: intro,
    en: 'serves a certificate for another name',
    nl: 'serveert een certificaat voor een andere naam',
    test: nameMismatch,
  },
  {
    id: 'chain-incomplete',
    letter: 'B',
    revision: '2009i',
    source: guide,
    en: 'leaves out a certificate between its own and the root',
    nl: 'laat een certificaat tussen het eigen en de wortel weg',
    test: (evidence) =>
      anyLeaf(evidence, ({ leaf, trust }) => (trust.chain.lacksIntermediate ? applies(leaf.issuer) : clear)),
  },
] as const satisfies readonly Rule[];

type ServedLeaf = Grounds['served'][number];

function begins(notBefore: string, at: Date): Finding {
  if (isFuture(notBefore, at)) return applies(`before ${notBefore}`);
  return isAhead(notBefore, 0, at) ? open(`begins ${notBefore}, so near that clocks may differ on it`) : clear;
}

/** The system's ways to a root and those to roots that agent.yaml adds: both are trusted. */
function waysOf({ trust }: ServedLeaf): readonly TrustPath[] {
  return [...trust.system, ...trust.configured];
}

/** `notBefore` of the leaf itself is judged by its own rule. */
function isValid({ notBefore, notAfter }: Pick<TrustPath, 'notBefore' | 'notAfter'>, at: Date): boolean {
  return !isOlder(notAfter, 0, at) && isAsOld(notBefore, 0, at);
}

function untrusted(served: ServedLeaf, at: Date): Finding {
  const { leaf, trust } = served;
  switch (trust.obstacle) {
    case 'self-signed':
      return clear; // a rule of its own
    case 'no-roots':
    case 'unverifiable':
      return open(trust.obstacle);
    case null:
      break;
    default:
      return applies(`${trust.obstacle}: ${leaf.issuer}`);
  }
  const ways = waysOf(served);
  if (ways.some((way) => isValid(way, at))) return clear;
  // A leaf out of its time takes every way with it; that is said once.
  if (!isValid(leaf, at)) return clear;
  const isNear = ways.some(({ notBefore }) => begins(notBefore, at).state === 'open');
  if (isNear) return open('the only way to a root begins so near that clocks may differ on it');
  return applies(`every way from ${leaf.issuer} holds a certificate that is out of its time`);
}

function sha1(served: ServedLeaf, at: Date): Finding {
  const { leaf } = served;
  const ways = waysOf(served);
  // The signature of a certificate that is its own issuer protects nothing.
  if (served.trust.obstacle === 'self-signed' || ways.some(({ fingerprints }) => fingerprints.length === 1))
    return clear;
  if (leaf.signatureHash === 'SHA-1') return applies(leaf.signatureAlgorithm);
  if (leaf.signatureHash === 'unknown') return open(`signature algorithm ${leaf.signatureAlgorithm}`);
  // Worse ones are a rule of their own, and every way from such a leaf is counted as weak for it.
  if (['MD2', 'MD4', 'MD5'].includes(leaf.signatureHash)) return clear;
  const usable = ways.filter((way) => isValid(way, at));
  if (usable.length === 0 || usable.some(({ weakSignature }) => weakSignature === 'none')) return clear;
  return applies(`an issuer’s certificate (${leaf.issuer})`);
}

function nameMismatch(evidence: Evidence): Finding {
  const { name } = evidence;
  if (name === undefined) return clear;
  return anyLeaf(evidence, ({ leaf }) => {
    if (coversName(leaf.names, name)) return clear;
    return applies(`for ${leaf.names.slice(0, 3).join(', ') || 'no name'}`);
  });
}
