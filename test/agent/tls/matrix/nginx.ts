import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { startNginx, type NginxServer } from '../../../support/nginx.ts';
import type { Certificates } from './certificates.ts';
import { targetAt, type Running } from './running.ts';

const hsts = (value: string): string => `add_header Strict-Transport-Security "${value}" always;`;
const aYear = hsts('max-age=31536000; includeSubDomains');
const serverOrder = 'ssl_prefer_server_ciphers on;';
/** What OpenSSL takes by default, and the versions, keys and signatures that it thinks too weak. */
const lenient = 'DEFAULT:@SECLEVEL=0';
const ecdhe = 'ECDHE-RSA-AES128-GCM-SHA256';
const oldVersions = 'TLSv1 TLSv1.1 TLSv1.2 TLSv1.3';

/** A good server with RSA 2048, TLS 1.2, TLS 1.3 and HSTS for a year, but for what is said. */
type Variant = Partial<Omit<NginxServer, 'at'>>;

function variants({ of, chained }: Certificates, dhparam: (group: string) => string): Record<string, Variant> {
  const serving = (certificate: Parameters<typeof of>[0]): Variant => ({ certificates: [of(certificate)] });
  return {
    'TLS 1.2 and 1.3': {},
    'no HSTS': { directives: [] },
    'HSTS of a day': { directives: [hsts('max-age=86400')] },
    'HSTS switched off': { directives: [hsts('max-age=0')] },
    'TLS 1.2 only': { protocols: 'TLSv1.2' },
    'TLS 1.3 only': { protocols: 'TLSv1.3' },
    'TLS 1.0 to 1.3': { protocols: oldVersions, ciphers: lenient },
    'TLS 1.1 and 1.2': { protocols: 'TLSv1.1 TLSv1.2', ciphers: lenient },
    'TLS 1.0 only': { protocols: 'TLSv1', ciphers: lenient },
    'RSA exchange preferred': { ciphers: `AES256-GCM-SHA384:${ecdhe}`, directives: [aYear, serverOrder] },
    'RSA exchange last': { ciphers: `${ecdhe}:AES256-GCM-SHA384`, directives: [aYear, serverOrder] },
    'RSA exchange only': { protocols: 'TLSv1.2', ciphers: 'AES256-GCM-SHA384' },
    'CBC only': { protocols: 'TLSv1.2', ciphers: 'ECDHE-RSA-AES128-SHA:ECDHE-RSA-AES256-SHA384' },
    'ChaCha20 only': { protocols: 'TLSv1.2', ciphers: 'ECDHE-RSA-CHACHA20-POLY1305' },
    'CCM only': {
      ...serving('P-256'),
      protocols: 'TLSv1.3',
      directives: [aYear, 'ssl_conf_command Ciphersuites TLS_AES_128_CCM_SHA256;'],
    },
    'anonymous beside': { protocols: 'TLSv1.2', ciphers: `${ecdhe}:AECDH-AES128-SHA:@SECLEVEL=0` },
    'NULL beside': { protocols: 'TLSv1.2', ciphers: `${ecdhe}:NULL-SHA256:@SECLEVEL=0` },
    'DH 1024': {
      ciphers: `${ecdhe}:DHE-RSA-AES256-GCM-SHA384:@SECLEVEL=0`,
      directives: [aYear, `ssl_dhparam ${dhparam('dh_1024_160')};`],
    },
    'DH 2048': {
      ciphers: `${ecdhe}:DHE-RSA-AES256-GCM-SHA384`,
      directives: [aYear, `ssl_dhparam ${dhparam('ffdhe2048')};`],
    },
    'P-384 by HelloRetryRequest': {
      ...serving('P-384'),
      protocols: 'TLSv1.3',
      directives: [aYear, 'ssl_ecdh_curve secp384r1;'],
    },
    // Too short for a signature in RSA-PSS.
    'RSA 512': { ...serving('RSA 512'), protocols: 'TLSv1.2', ciphers: 'AES256-GCM-SHA384:@SECLEVEL=0' },
    'RSA 1024': { ...serving('RSA 1024'), ciphers: lenient },
    'RSA 3072': serving('RSA 3072'),
    'RSA 4096': serving('RSA 4096'),
    'P-256': serving('P-256'),
    'P-384': serving('P-384'),
    Ed25519: serving('Ed25519'),
    'RSA 2048 and P-256': { certificates: [of('RSA 2048'), of('P-256')] },
    'RSA 1024 and P-256': { certificates: [of('RSA 1024'), of('P-256')], ciphers: lenient },
    'expired RSA and P-256': { certificates: [of('expired, RSA'), of('P-256')] },
    'leaf over SHA-1': { ...serving('over SHA-1'), ciphers: lenient },
    'leaf over MD5': { ...serving('over MD5'), ciphers: lenient },
    expired: serving('expired'),
    'not yet valid': serving('not yet valid'),
    'for another name': serving('for another name'),
    'self-signed': serving('self-signed'),
    '398 days': serving('of 398 days'),
    'whole chain': { certificates: [chained] },
    'known intermediate left out': serving('by an intermediate'),
    'unknown intermediate': serving('by a stranger'),
    'client certificate required': {
      directives: [aYear, `ssl_client_certificate ${of('P-256').certificate};`, 'ssl_verify_client on;'],
    },
    // One port, three names.
    'first of three names': { names: ['matrix.example'] },
    'second of three names': { names: ['other.example'], certificates: [of('for another name')] },
    'third of three names': { names: ['third.example'], certificates: [of('P-384')], directives: [] },
  };
}

const shared = ' of three names';

/** All in one nginx. */
export async function startWebServers(folder: string, certificates: Certificates): Promise<Running> {
  const dhparam = (group: string): string => {
    const path = join(folder, `${group}.pem`);
    const options = ['-genparam', '-algorithm', 'DH', '-pkeyopt', `group:${group}`, '-out', path];
    execFileSync('/usr/bin/openssl', ['genpkey', ...options], { stdio: 'pipe' });
    return path;
  };
  const good = { certificates: [certificates.of('RSA 2048')], directives: [aYear] };
  const servers = Object.entries(variants(certificates, dhparam)).map(([name, variant]) => ({
    name,
    at: name.endsWith(shared) ? 'shared' : name,
    server: { ...good, ...variant },
  }));
  const nginx = await startNginx({ servers: servers.map(({ at, server }) => ({ at, ...server })) });
  const targets = servers.map(({ name, at, server: { names } }) => {
    const [asked] = names ?? [];
    return [`nginx: ${name}`, targetAt(nginx.port(at), asked === undefined ? {} : { name: asked })] as const;
  });
  return { targets: Object.fromEntries(targets), [Symbol.asyncDispose]: () => nginx[Symbol.asyncDispose]() };
}
