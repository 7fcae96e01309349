import { doubtText } from '../../endpoints.ts';
import type { TlsVersion } from '../profile.ts';
import { suiteOf, type Suite } from '../suites.ts';
import {
  anySuite,
  applies,
  classicVersions,
  clear,
  moreLeaves,
  moreSuites,
  open,
  suitesIn,
  type Evidence,
  type Finding,
} from './evidence.ts';
import type { Rule } from './rule.ts';

const guide = 'SSL Labs Server Rating Guide, changes';
const testssl = 'testssl.sh, set_grade_cap';
const withTls11: readonly TlsVersion[] = ['TLSv1.1', 'TLSv1.2'];
const isRc4 = ({ cipher }: Suite): boolean => cipher.startsWith('RC4');

/** Rules about the cipher suites that a server takes, and those that clients of today and yesterday end up with. */
export const cipherRules = [
  {
    id: 'export-suites',
    letter: 'F',
    revision: '–',
    source: testssl,
    en: 'accepts export suites (FREAK, Logjam)',
    nl: 'accepteert exportsuites (FREAK, Logjam)',
    test: (evidence) => anySuite(evidence, ({ isExport }) => isExport),
  },
  {
    id: 'anonymous-suites',
    letter: 'F',
    revision: '2009',
    source: 'SSL Labs Server Rating Guide, key exchange: score 0',
    en: 'accepts suites in which nobody shows who he is',
    nl: 'accepteert suites waarin niemand laat zien wie hij is',
    test: (evidence) => anySuite(evidence, ({ authentication }) => authentication === 'anonymous'),
  },
  {
    id: 'cipher-below-112',
    letter: 'F',
    revision: '–',
    source: testssl,
    en: 'accepts suites of less than 112 bits',
    nl: 'accepteert suites van minder dan 112 bits',
    test: (evidence) => anySuite(evidence, ({ bits }) => bits < 112),
  },
  {
    id: 'only-rc4',
    letter: 'F',
    revision: '2009k',
    source: guide,
    en: 'accepts RC4 suites only',
    nl: 'accepteert alleen RC4-suites',
    test: onlyRc4,
  },
  {
    id: 'drown',
    letter: 'F',
    revision: '2009l',
    source: 'blog.qualys.com, CVE-2016-0800',
    en: 'accepts SSL 2.0 with an RSA key, so recorded traffic can be decrypted (DROWN)',
    nl: 'accepteert SSL 2.0 met een RSA-sleutel, zodat opgenomen verkeer te ontcijferen is (DROWN)',
    test: drown,
  },
  {
    id: 'poodle-ssl3',
    letter: 'C',
    revision: '2009g',
    source: guide,
    en: 'accepts CBC suites in SSL 3.0 (POODLE)',
    nl: 'accepteert CBC-suites in SSL 3.0 (POODLE)',
    test: (evidence) => anySuite(evidence, ({ isCbc }) => isCbc, ['SSLv3']),
  },
  {
    id: 'rc4-modern',
    letter: 'C',
    revision: '2009j',
    source: guide,
    en: 'accepts RC4 in TLS 1.1 or 1.2',
    nl: 'accepteert RC4 in TLS 1.1 of 1.2',
    test: (evidence) => anySuite(evidence, isRc4, withTls11),
  },
  {
    id: 'sweet32',
    letter: 'C',
    revision: '–',
    source: 'blog.qualys.com, 16 November 2016 and 18 January 2017',
    en: 'agrees on a cipher with blocks of 64 bits with a client that knows better (SWEET32)',
    nl: 'spreekt met een client die beter kan een cijfer met blokken van 64 bits af (SWEET32)',
    test: sweet32,
  },
  {
    id: 'rc4',
    letter: 'B',
    revision: '2009i',
    source: guide,
    en: 'accepts RC4',
    nl: 'accepteert RC4',
    test: (evidence) => anySuite(evidence, isRc4),
  },
  {
    id: 'no-forward-secrecy',
    letter: 'B',
    revision: '2009p',
    source: 'blog.qualys.com, 2 February 2018',
    en: 'agrees with ordinary clients on suites without forward secrecy',
    nl: 'spreekt met gewone clients suites zonder forward secrecy af',
    test: noForwardSecrecy,
  },
  {
    id: 'no-aead',
    letter: 'B',
    revision: '2009p',
    source: 'blog.qualys.com, 2 February 2018',
    en: 'knows no AEAD suite',
    nl: 'kent geen AEAD-suite',
    test: noAead,
  },
] as const satisfies readonly Rule[];

function onlyRc4(evidence: Evidence): Finding {
  const suites = suitesIn(evidence);
  if (suites.some((suite) => !isRc4(suite))) return clear;
  const more = moreSuites(evidence);
  if (more !== undefined) return open(more);
  return suites.length === 0 ? clear : applies(...suites.map(({ name }) => name));
}

function drown(evidence: Evidence): Finding {
  const { answer } = evidence.versions.SSLv2;
  if (answer === 'no') return clear;
  const hasRsa = evidence.grounds.served.some(({ leaf }) => leaf.key.kind === 'RSA');
  if (answer === 'yes' && hasRsa) return applies('SSLv2');
  const hidden = moreLeaves(evidence);
  if (answer === 'yes') return hidden === undefined ? clear : open(hidden);
  return hasRsa || hidden !== undefined ? open('SSLv2: no clear answer') : clear;
}

interface Agreement {
  readonly client: string;
  readonly version: TlsVersion;
  /** Undefined for a suite that is not known here. */
  readonly suite: Suite | undefined;
}

function agreementsOf({ grounds }: Pick<Evidence, 'grounds'>): readonly Agreement[] {
  return grounds.profile.browsers.flatMap(({ client, outcome }) =>
    outcome.state === 'agreed' ? [{ client, version: outcome.version, suite: suiteOf(outcome.suite) }] : [],
  );
}

/** Why the outcome with a client is not known; undefined where each one's is. */
function doubtAboutClients({ grounds }: Pick<Evidence, 'grounds'>): string | undefined {
  const { browsers } = grounds.profile;
  if (browsers.length === 0) return 'no client’s offer was tried';
  const [doubt] = browsers.flatMap(({ client, outcome }) =>
    outcome.state === 'unknown' ? [`${client}: ${doubtText(outcome.why)}`] : [],
  );
  const strange = agreementsOf({ grounds }).find(({ suite }) => suite === undefined);
  return doubt ?? (strange === undefined ? undefined : `${strange.client}: suite not known here`);
}

/** Kept last, such a suite harms nobody who knows better; it counts where the server prefers it. */
function sweet32(evidence: Evidence): Finding {
  const chosen = agreementsOf(evidence).filter(({ suite }) => suite?.blockBits === 64);
  if (chosen.length > 0) return applies(...chosen.map(({ client, suite }) => `${client}: ${suite?.name ?? ''}`));
  const doubt = doubtAboutClients(evidence);
  if (doubt === undefined) return clear;
  const possible = anySuite(evidence, ({ blockBits }) => blockBits === 64, classicVersions);
  return possible.state === 'clear' ? clear : open(doubt);
}

function noForwardSecrecy(evidence: Evidence): Finding {
  const agreements = agreementsOf(evidence);
  const without = agreements.filter(({ suite }) => suite?.hasForwardSecrecy === false);
  if (without.length > 0) return applies(...without.map(({ client, suite }) => `${client}: ${suite?.name ?? ''}`));
  const doubt = doubtAboutClients(evidence);
  if (doubt === undefined && agreements.length > 0) return clear;
  // Where no suite lacks it, no client can have ended without it.
  const possible = anySuite(evidence, ({ hasForwardSecrecy }) => !hasForwardSecrecy, classicVersions);
  if (possible.state === 'clear' && suitesIn(evidence).length > 0) return clear;
  return open(doubt ?? 'no ordinary client could agree with it');
}

function noAead(evidence: Evidence): Finding {
  const suites = suitesIn(evidence);
  if (suites.some(({ mac }) => mac === 'AEAD')) return clear;
  const more = moreSuites(evidence);
  return more === undefined ? applies(...suites.map(({ name }) => name)) : open(more);
}
