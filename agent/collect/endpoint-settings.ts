import { isIP } from 'node:net';
import { z } from 'zod';
import { starttlsNames } from '../../policies/checks/endpoints.ts';
import { toHostName } from './discovery/place.ts';
import { canonicalAddress, placeLabel } from './sockets.ts';

/** A name for SNI (RFC 6066 3), as it travels. */
const ServerName = z
  .string()
  .max(253)
  .transform((name, context) => {
    const travelling = toHostName(name);
    if (travelling !== undefined) return travelling;
    context.addIssue('expected a host name such as www.example.nl');
    return z.NEVER;
  });

const Address = z
  .string()
  .max(253)
  .transform((host) => canonicalAddress(host.replace(/^\[(.*)\]$/, '$1')))
  .refine((host) => isIP(host) !== 0 || toHostName(host) === host, 'expected an address or a host name')
  // A declared wildcard means what a found one does.
  .transform((host) => ({ '0.0.0.0': '127.0.0.1', '::': '::1', localhost: '127.0.0.1' })[host] ?? host);

export const AbsolutePath = z.string().startsWith('/', 'expected an absolute path').max(1000);

const DeclaredEndpoint = z.strictObject({
  host: Address,
  port: z.int().min(1).max(65_535),
  /** Names to ask for with SNI. */
  names: z.array(ServerName).max(64).default([]),
  /** `none`: the operator says that it does not speak TLS; it is not probed. */
  tls: z.enum(['required', 'none']).default('required'),
  /** The protocol in which it begins, in plain text; left out where it speaks TLS from the first byte. */
  starttls: z.enum(starttlsNames).optional(),
  /** Where the certificate that it serves is kept; of servers whose configuration is read it is found there. */
  certificateFile: AbsolutePath.optional(),
});

export type DeclaredEndpoint = z.output<typeof DeclaredEndpoint>;

/** One place cannot begin in two protocols, nor be asked for TLS and not. */
function refuseContradictions(endpoints: readonly DeclaredEndpoint[], context: z.RefinementCtx): void {
  const first = new Map<string, string | undefined>();
  for (const [index, { host: address, port, starttls, tls }] of endpoints.entries()) {
    const label = placeLabel(address, port);
    const path = [index, 'starttls'];
    if (tls === 'none' && starttls !== undefined) {
      context.addIssue({ code: 'custom', path, message: 'expected no "starttls" beside "tls: none"' });
    }
    if (tls === 'none') continue;
    if (first.has(label) && first.get(label) !== starttls) {
      context.addIssue({ code: 'custom', path, message: `expected the same "starttls" in every entry for ${label}` });
    }
    first.set(label, starttls);
  }
}

/** The settings that the check kinds of servers share. */
export const endpointSettings = {
  endpoints: z.array(DeclaredEndpoint).max(256).default([]).superRefine(refuseContradictions),
  /** `off`: no server's configuration is read for names and certificate files. */
  discovery: z.enum(['on', 'off']).default('on'),
  /** PEM files of roots that are trusted beside the system's. */
  trustedRoots: z.array(AbsolutePath).max(64).default([]),
};
