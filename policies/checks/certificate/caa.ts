import { isIP } from 'node:net';
import { z } from 'zod';
import { obstacleReason, readingOf, type Reading } from '../../reading.ts';
import { reasonsFrom, type Catalogue, type Reason } from '../../reasons.ts';

const CaaRecord = z.strictObject({
  critical: z.boolean(),
  /** In lower case, as tags are compared (RFC 8659 4.1). */
  tag: z.string().max(255),
  value: z.string().max(1000),
});
type CaaRecord = z.output<typeof CaaRecord>;

const Answer = z.discriminatedUnion('found', [
  z.strictObject({ found: z.literal('records'), records: z.array(CaaRecord).min(1).max(100) }),
  /** `none`: the name is there, without CAA records; `no-such-name`: DNS denies that it is. */
  z.strictObject({ found: z.enum(['none', 'no-such-name']) }),
]);
type Answer = z.output<typeof Answer>;

/** What DNS said of one name on the way up from a served one. Nobody climbed for it: the judge does. */
export const CaaOfDomain = z.strictObject({ domain: z.string().max(253), answer: readingOf(Answer) });
export type CaaOfDomain = z.output<typeof CaaOfDomain>;

export const caaReasons = {
  'certificate.caa': {
    verdict: 'pass',
    en: 'the CAA records of {domain} let only {authorities} issue certificates',
    nl: 'de CAA-records van {domain} laten alleen {authorities} certificaten uitgeven',
  },
  'certificate.caa-nobody': {
    verdict: 'pass',
    en: 'the CAA records of {domain} let no CA issue certificates',
    nl: 'de CAA-records van {domain} laten geen enkele CA certificaten uitgeven',
  },
  'certificate.caa-missing': {
    verdict: 'fail',
    en: 'neither {domain} nor a domain above it has CAA records: any CA may issue certificates for it',
    nl: 'noch {domain} noch een domein erboven heeft CAA-records: elke CA mag er certificaten voor uitgeven',
  },
  'certificate.caa-open': {
    verdict: 'fail',
    en: 'the CAA records of {domain} hold no {tags}: any CA may issue certificates',
    nl: 'de CAA-records van {domain} bevatten geen {tags}: elke CA mag certificaten uitgeven',
  },
  'certificate.caa-no-domain': {
    verdict: 'unknown',
    en: 'DNS as the agent sees it knows neither {domain} nor a domain above it; ask a resolver that knows the public DNS ("resolvers" in agent.yaml)',
    nl: 'DNS zoals de agent die ziet kent noch {domain} noch een domein erboven; vraag een resolver die de openbare DNS kent ("resolvers" in agent.yaml)',
  },
  'certificate.caa-internal': {
    verdict: 'not-applicable',
    en: 'no public CA issues certificates for an internal name or a bare address, so CAA records say nothing here',
    nl: 'geen openbare CA geeft certificaten uit voor een interne naam of een los adres, dus CAA-records zeggen hier niets',
  },
  'certificate.caa-not-read': {
    verdict: 'unknown',
    en: 'the run did not ask DNS for the CAA records of {domain}',
    nl: 'de controle heeft DNS niet om de CAA-records van {domain} gevraagd',
  },
} as const satisfies Catalogue;

const because = reasonsFrom(caaReasons);

interface ServingFacts {
  readonly name?: string | undefined;
  readonly speaks: string;
  readonly served?: readonly { readonly leaf: { readonly names: readonly string[] } }[] | undefined;
}

const servable = /^(\*\.)?[a-z0-9_-]{1,63}(\.[a-z0-9_-]{1,63})*$/;

/**
 * The names that endpoints serve: those that were asked for and those of the certificates that they showed, addresses
 * and wildcards (`*.example.nl`) included. Lower case, without the dot of the root, sorted, each once.
 */
export function servedNames(endpoints: readonly ServingFacts[]): string[] {
  const names = endpoints
    .filter(({ speaks }) => speaks === 'tls')
    .flatMap(({ name, served = [] }) => [...(name === undefined ? [] : [name]), ...served.flatMap(alternativesOf)])
    .map((name) => name.toLowerCase().replace(/\.$/, ''))
    .filter((name) => name.length <= 253 && (servable.test(name) || isIP(name) !== 0));
  return [...new Set(names)].sort();
}

/** Names as OpenSSL writes them: `DNS:www.example.nl`, `IP Address:192.0.2.1`. */
function alternativesOf({ leaf }: { readonly leaf: { readonly names: readonly string[] } }): string[] {
  return leaf.names.flatMap((name) => /^(?:DNS|IP Address):(.+)$/.exec(name)?.[1] ?? []);
}

/**
 * Top-level domains that are kept out of the public DNS: RFC 6761, 6762 (with the usual private ones of its appendix
 * G), 7686 and 9476; `internal`, `corp`, `home` and `mail` by resolutions of ICANN.
 */
const internalTops: ReadonlySet<string> = new Set(
  'alt corp example home internal intranet invalid lan local localhost mail onion private test'.split(' '),
);

/**
 * Whether a public CA may issue for a name: not for addresses without a name, single labels and what is kept out of the
 * public DNS (Baseline Requirements 4.2.2, "Internal Name"). Addresses may get certificates as well, but CAA has no
 * records for them (RFC 8659 3).
 */
export function isPublicName(name: string): boolean {
  if (isIP(name) !== 0 || name === 'home.arpa' || name.endsWith('.home.arpa')) return false;
  const labels = name.replace(/^\*\./, '').split('.');
  return labels.length > 1 && !internalTops.has(labels.at(-1) ?? '');
}

/** The domains whose records count for a name, nearest first, up to the top-level domain (RFC 8659 3). */
export function climb(name: string): string[] {
  const labels = name.replace(/^\*\./, '').split('.');
  return labels.map((_, index) => labels.slice(index).join('.'));
}

/** Judges every served name by the nearest CAA records above it. */
export function judgeCaa(names: readonly string[], caa: readonly CaaOfDomain[] = []): Reason[] {
  const answers = new Map(caa.map(({ domain, answer }) => [domain, answer]));
  return names.map((name) => judgeServedName(name, answers));
}

function judgeServedName(name: string, answers: ReadonlyMap<string, Reading<Answer>>): Reason {
  if (!isPublicName(name)) return because('certificate.caa-internal', {}, name);
  const way = climb(name);
  const [nearest = name] = way;
  let isKnown = false;
  for (const domain of way) {
    const answer = answers.get(domain);
    if (answer === undefined) return because('certificate.caa-not-read', { domain }, name);
    if (answer.state === 'unreadable') return obstacleReason(answer.obstacle, name);
    if (answer.value.found === 'records') return judgeRecords(name, domain, answer.value.records);
    isKnown ||= answer.value.found === 'none';
  }
  return because(isKnown ? 'certificate.caa-missing' : 'certificate.caa-no-domain', { domain: nearest }, name);
}

/** For a wildcard `issuewild` counts, and `issue` where there is none (RFC 8659 4.3); for other names `issue` alone. */
function judgeRecords(name: string, domain: string, records: readonly CaaRecord[]): Reason {
  const having = (wanted: string): CaaRecord[] => records.filter(({ tag }) => tag === wanted);
  const isWildcard = name.startsWith('*.');
  const wild = isWildcard ? having('issuewild') : [];
  const counting = wild.length > 0 ? wild : having('issue');
  if (counting.length === 0) {
    return because('certificate.caa-open', { domain, tags: isWildcard ? 'issue/issuewild' : 'issue' }, name);
  }
  const issuers = [...new Set(counting.map(({ value }) => issuerOf(value)))].filter((issuer) => issuer !== '').sort();
  if (issuers.length === 0) return because('certificate.caa-nobody', { domain }, name);
  const shown = issuers.join(', ');
  return because('certificate.caa', { domain, authorities: shown.slice(0, 1000) }, name);
}

/** The CA of an `issue` value, before its parameters; empty where it names none, or is malformed (RFC 8659 4.2). */
function issuerOf(value: string): string {
  const issuer = (value.split(';')[0] ?? '').trim().toLowerCase();
  return /^[a-z0-9-]+(\.[a-z0-9-]+)*$/.test(issuer) ? issuer : '';
}
