import {
  anyLeaf,
  anyOf,
  applies,
  clear,
  moreSuites,
  classicVersions,
  open,
  suitesIn,
  type Evidence,
  type Finding,
} from './evidence.ts';
import { keyName, rsaBitsOfKey } from './key-strength.ts';
import type { Rule } from './rule.ts';

const guide = 'SSL Labs Server Rating Guide, changes';

/** Rules about the strength of keys, of certificates and of the exchange. */
export const keyRules = [
  {
    id: 'key-below-1024',
    letter: 'F',
    revision: '2009e',
    source: guide,
    en: 'serves a certificate with a key below 1024 bits of RSA',
    nl: 'serveert een certificaat met een sleutel onder 1024 bits RSA',
    test: keyBelow(1024),
  },
  {
    id: 'rsa-weak-numbers',
    letter: 'F',
    revision: '2009l',
    source: `${guide}; blog.qualys.com, tag grading`,
    en: 'serves a certificate with an RSA key of which anybody can find the other half',
    nl: 'serveert een certificaat met een RSA-sleutel waarvan iedereen de andere helft kan vinden',
    test: weakNumbers,
  },
  {
    id: 'md5-signature',
    letter: 'F',
    revision: '2009l',
    source: guide,
    en: 'serves a certificate that is signed over MD2, MD4 or MD5',
    nl: 'serveert een certificaat dat over MD2, MD4 of MD5 is ondertekend',
    test: md5Signature,
  },
  {
    id: 'dh-below-1024',
    letter: 'F',
    revision: '–',
    source: 'ours, for Logjam (CVE-2015-4000)',
    en: 'exchanges keys over a Diffie-Hellman prime below 1024 bits (Logjam)',
    nl: 'wisselt sleutels uit over een Diffie-Hellman-priemgetal onder 1024 bits (Logjam)',
    test: dhBelow(1024),
  },
  {
    id: 'key-below-2048',
    letter: 'B',
    revision: '2009e',
    source: guide,
    en: 'serves a certificate with a key below 2048 bits of RSA',
    nl: 'serveert een certificaat met een sleutel onder 2048 bits RSA',
    test: keyBelow(2048),
  },
  {
    id: 'dh-below-2048',
    letter: 'B',
    revision: '2009j',
    source: guide,
    en: 'exchanges keys over a Diffie-Hellman prime below 2048 bits',
    nl: 'wisselt sleutels uit over een Diffie-Hellman-priemgetal onder 2048 bits',
    test: dhBelow(2048),
  },
] as const satisfies readonly Rule[];

function keyBelow(minimum: number): (evidence: Evidence) => Finding {
  return (evidence) =>
    anyLeaf(evidence, ({ leaf }) => {
      const bits = rsaBitsOfKey(leaf.key);
      if (bits === undefined) return open(`a key of kind ${keyName(leaf.key)}`);
      return bits < minimum ? applies(keyName(leaf.key)) : clear;
    });
}

/** With exponent 1 nothing is encrypted; a modulus with a small divisor is factored at once. */
function weakNumbers(evidence: Evidence): Finding {
  return anyLeaf(evidence, ({ leaf: { key } }) => {
    if (key.exponent === '1') return applies('exponent 1');
    return key.divisor === undefined ? clear : applies(`modulus divisible by ${key.divisor}`);
  });
}

function md5Signature(evidence: Evidence): Finding {
  return anyLeaf(evidence, ({ leaf, trust }) => {
    const ways = [...trust.system, ...trust.configured];
    // The signature of a certificate that is its own issuer protects nothing.
    if (trust.obstacle === 'self-signed' || ways.some(({ fingerprints }) => fingerprints.length === 1)) return clear;
    if (['MD2', 'MD4', 'MD5'].includes(leaf.signatureHash)) return applies(leaf.signatureAlgorithm);
    if (leaf.signatureHash === 'unknown') return open(`signature algorithm ${leaf.signatureAlgorithm}`);
    return ways.length > 0 && ways.every(({ weakSignature }) => weakSignature === 'MD5')
      ? applies('an issuer’s certificate')
      : clear;
  });
}

function dhBelow(minimum: number): (evidence: Evidence) => Finding {
  return (evidence) => {
    const { finiteFields } = evidence.grounds.profile;
    const found = finiteFields.map(({ bits, prime }) =>
      bits < minimum ? applies(`${bits} bits (${prime.slice(0, 40)})`) : clear,
    );
    return anyOf([...found, hiddenPrime(evidence)]);
  };
}

/** Open where suites are, or may be, taken whose prime was not seen. */
export function hiddenPrime(evidence: Evidence): Finding {
  const isDhe = suitesIn(evidence, classicVersions).some(
    ({ keyExchange }) => keyExchange === 'DHE' || keyExchange === 'DH',
  );
  const more = moreSuites(evidence, classicVersions);
  if (more !== undefined) return open(more);
  return isDhe && evidence.grounds.profile.finiteFields.length === 0
    ? open('the Diffie-Hellman prime was not seen')
    : clear;
}
