import type { TlsVersion } from '../profile.ts';
import { groupOf } from '../groups.ts';
import { accepted, moreLeaves, moreSuites, notRefused, classicVersions, suitesIn, type Evidence } from './evidence.ts';
import { hiddenPrime } from './key-rules.ts';
import { rsaBitsOfKey } from './key-strength.ts';
import type { Letter } from './letters.ts';

/** Between which bounds a score lies, 0 to 100; both the same where nothing about it is open. */
export interface Span {
  readonly lowest: number;
  readonly highest: number;
}

export interface Scores {
  readonly protocol: Span;
  readonly keyExchange: Span;
  readonly cipher: Span;
  /** 30 % protocol, 30 % key exchange, 40 % cipher; 0 where one of them is. Rounded down, so that rounding never lifts a letter. */
  readonly total: Span;
}

/** The scores of the SSL Labs Server Rating Guide 2009 ("Methodology overview"). At least one version must be accepted. */
export function scoresOf(evidence: Evidence): Scores {
  const protocol = protocolScore(evidence);
  const keyExchange = keyExchangeScore(evidence);
  const cipher = cipherScore(evidence);
  const total = {
    lowest: totalOf(protocol.lowest, keyExchange.lowest, cipher.lowest),
    highest: totalOf(protocol.highest, keyExchange.highest, cipher.highest),
  };
  return { protocol, keyExchange, cipher, total };
}

function totalOf(protocol: number, keyExchange: number, cipher: number): number {
  if (protocol === 0 || keyExchange === 0 || cipher === 0) return 0;
  return Math.floor((3 * protocol + 3 * keyExchange + 4 * cipher) / 10);
}

/** The letter that a total is worth before any rule takes from it. */
export function letterOfTotal(total: number): Letter {
  if (total >= 80) return 'A+';
  if (total >= 65) return 'B';
  if (total >= 50) return 'C';
  if (total >= 35) return 'D';
  return total >= 20 ? 'E' : 'F';
}

/** TLS 1.3 is not in the guide's table; it counts as TLS 1.2, as testssl.sh does. */
const versionScores: Readonly<Record<TlsVersion, number>> = {
  SSLv2: 0,
  SSLv3: 80,
  'TLSv1.0': 90,
  'TLSv1.1': 95,
  'TLSv1.2': 100,
  'TLSv1.3': 100,
};

/** The mean of the best and the worst version. */
function protocolScore(evidence: Evidence): Span {
  const known = accepted(evidence).map((version) => versionScores[version]);
  const possible = notRefused(evidence).map((version) => versionScores[version]);
  return {
    lowest: (Math.max(...known) + Math.min(...possible)) / 2,
    highest: (Math.max(...possible) + Math.min(...known)) / 2,
  };
}

/** By the weakest of the certificates' keys and the groups of the exchange, in bits of RSA. */
function keyExchangeScore(evidence: Evidence): Span {
  const { profile, served } = evidence.grounds;
  const suites = suitesIn(evidence);
  const keys = served.map(({ leaf }) => rsaBitsOfKey(leaf.key));
  const groups = profile.groups.named.map((number) => groupOf(number)?.rsaBits);
  const seen = [...keys, ...groups, ...profile.finiteFields.map(({ bits }) => bits)];
  if (suites.some(({ isExport }) => isExport)) seen.push(exportRsaBits);
  const highest = suites.some(({ authentication }) => authentication === 'anonymous')
    ? 0
    : scoreOfKey(Math.min(...seen.filter((bits) => bits !== undefined)));

  const isOpen = seen.includes(undefined) || moreLeaves(evidence) !== undefined;
  // What was not asked for may be anonymous, or of any length.
  if (moreSuites(evidence, classicVersions) !== undefined) return { lowest: 0, highest };
  if (isOpen || hiddenPrime(evidence).state === 'open') return { lowest: Math.min(highest, scoreOfKey(0)), highest };
  // The weakest group that has a number is worth 1024 bits.
  if (profile.groups.incomplete !== null) return { lowest: Math.min(highest, scoreOfKey(1024)), highest };
  return { lowest: highest, highest };
}

/** What export suites exchange keys of. */
const exportRsaBits = 512;

function scoreOfKey(rsaBits: number): number {
  if (rsaBits < 512) return 20;
  if (rsaBits < 1024) return 40;
  if (rsaBits < 2048) return 80;
  return rsaBits < 4096 ? 90 : 100;
}

/** The mean of the strongest and the weakest cipher. */
function cipherScore(evidence: Evidence): Span {
  const bits = suitesIn(evidence).map((suite) => suite.bits);
  const weakest = Math.min(...bits);
  const strongest = Math.max(...bits);
  const mayBeWeaker = moreSuites(evidence, classicVersions) !== undefined;
  const mayBeStronger = moreSuites(evidence) !== undefined;
  if (bits.length === 0) return { lowest: 0, highest: mayBeStronger ? 100 : 0 };
  return {
    lowest: (scoreOfCipher(strongest) + scoreOfCipher(mayBeWeaker ? 0 : weakest)) / 2,
    highest: (scoreOfCipher(mayBeStronger ? 256 : strongest) + scoreOfCipher(weakest)) / 2,
  };
}

function scoreOfCipher(bits: number): number {
  if (bits === 0) return 0;
  if (bits < 128) return 20;
  return bits < 256 ? 80 : 100;
}
