import { reasonsFrom, type Catalogue, type Reason } from '../../reasons.ts';

export const nameReasons = {
  'certificate.other-name': {
    verdict: 'fail',
    en: '{certificate} is not for {name}, only for {names}',
    nl: '{certificate} is niet voor {name}, alleen voor {names}',
  },
  'certificate.no-names': {
    verdict: 'fail',
    en: '{certificate} has no subject alternative names; clients no longer look at the common name',
    nl: '{certificate} heeft geen alternatieve namen; clients kijken niet meer naar de common name',
  },
  'certificate.covers-name': {
    verdict: 'pass',
    en: '{certificate} is for {name}',
    nl: '{certificate} is voor {name}',
  },
  'certificate.nameless': {
    verdict: 'unknown',
    en: 'no name is known under which clients come here; declare it in agent.yaml ("names")',
    nl: 'onder welke naam clients hier komen is niet bekend; geef die op in agent.yaml ("names")',
  },
} as const satisfies Catalogue;

const because = reasonsFrom(nameReasons);

/** Whether a served leaf is for the name that was asked for. `certificate` describes it. */
export function judgeName(
  leaf: { readonly names: readonly string[] },
  name: string,
  certificate: string,
  subject: string,
): Reason {
  if (coversName(leaf.names, name)) return because('certificate.covers-name', { certificate, name }, subject);
  if (leaf.names.length === 0) return because('certificate.no-names', { certificate }, subject);
  const shown = leaf.names.slice(0, 10).join(', ').slice(0, 1000);
  const names = leaf.names.length > 10 ? `${shown}, …` : shown;
  return because('certificate.other-name', { certificate, name, names }, subject);
}

/** Said of an endpoint that no name is known for. */
export function nameless(subject: string): Reason {
  return because('certificate.nameless', {}, subject);
}

/**
 * Whether subject alternative names cover a host name or an address, as RFC 9525 6 has it: the common name counts for
 * nothing, a wildcard stands for exactly one whole label at the left, and addresses match byte for byte.
 *
 * @param alternatives as OpenSSL writes them: `DNS:*.example.nl`, `IP Address:2001:DB8:0:0:0:0:0:1`
 * @param asked a host name, be it with Unicode or a trailing dot, or an address, in brackets or not
 */
export function coversName(alternatives: readonly string[], asked: string): boolean {
  const address = canonicalAddress(asked);
  if (address !== undefined) {
    return alternatives.some((name) => {
      const [, own] = /^IP Address:(.*)$/.exec(name) ?? [];
      return own !== undefined && canonicalAddress(own) === address;
    });
  }
  const host = toALabels(asked);
  return (
    host !== undefined &&
    alternatives.some((name) => {
      const [, pattern] = /^DNS:(.*)$/.exec(name) ?? [];
      return pattern !== undefined && matches(pattern.toLowerCase(), host);
    })
  );
}

const hostName = /^(?!-)[a-z0-9_-]{1,63}(\.[a-z0-9_-]{1,63})*$/;

function matches(pattern: string, host: string): boolean {
  if (!pattern.startsWith('*.')) return hostName.test(pattern) && pattern === host;
  const base = pattern.slice(2);
  // `*.nl` would be for all of a country.
  if (!hostName.test(base) || !base.includes('.')) return false;
  const firstDot = host.indexOf('.');
  return firstDot > 0 && host.slice(firstDot + 1) === base;
}

/** Lower case, in A-labels (RFC 5890), without the dot of the root; undefined for what is no host name. */
function toALabels(name: string): string | undefined {
  const host = urlHost(name.replace(/\.$/, ''));
  return host !== undefined && hostName.test(host) && canonicalAddress(host) === undefined ? host : undefined;
}

/** An address in the one form in which two of the same bytes are the same text. */
function canonicalAddress(text: string): string | undefined {
  const bare = text.replace(/^\[(.*)\]$/, '$1');
  if (/^\d{1,3}(\.\d{1,3}){3}$/.test(bare)) return urlHost(bare);
  return /^[0-9a-f.]*:[0-9a-f.:]*$/i.test(bare) ? urlHost(`[${bare}]`) : undefined;
}

/** The URL standard's host parser; what it does not take is not a host. */
function urlHost(text: string): string | undefined {
  if (/[/?#@\\\s%]/.test(text)) return undefined;
  return URL.parse(`https://${text}`)?.host;
}
