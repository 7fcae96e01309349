import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { startServer, type Server } from './server.ts';

export interface ProsodyOrder {
  readonly clientPort: number;
  readonly serverPort: number;
  readonly domain: string;
  /** Left out: it offers no TLS. */
  readonly certificate?: { readonly certificate: string; readonly key: string };
}

/** Prosody with one domain and nobody in it. */
export function startProsody({ clientPort, serverPort, domain, certificate }: ProsodyOrder): Promise<Server> {
  return startServer({
    ports: [clientPort, serverPort],
    prepare(folder) {
      mkdirSync(join(folder, 'data'));
      const file = join(folder, 'prosody.cfg.lua');
      const own =
        certificate === undefined
          ? ''
          : `  ssl = { certificate = "${certificate.certificate}", key = "${certificate.key}" }`;
      const modules = ['roster', 'saslauth', 'dialback', ...(certificate === undefined ? [] : ['tls'])];
      writeFileSync(
        file,
        `pidfile = "${join(folder, 'pid')}"
data_path = "${join(folder, 'data')}"
run_as_root = true
interfaces = { "127.0.0.1" }
c2s_ports = { ${clientPort} }
s2s_ports = { ${serverPort} }
c2s_direct_tls_ports = {}
s2s_direct_tls_ports = {}
certificates = "${folder}"
c2s_require_encryption = false
s2s_require_encryption = false
modules_enabled = { ${modules.map((name) => `"${name}"`).join(', ')} }
log = { info = "*console" }
VirtualHost "${domain}"
${own}
`,
      );
      return { file: '/usr/bin/prosody', args: ['-F', '--config', file] };
    },
  });
}
