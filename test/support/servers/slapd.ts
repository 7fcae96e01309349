import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { startServer, type Server } from './server.ts';

export interface SlapdOrder {
  readonly port: number;
  /** Left out: it offers no TLS. */
  readonly certificate?: { readonly certificate: string; readonly key: string };
}

/** OpenLDAP with an empty directory. */
export function startSlapd({ port, certificate }: SlapdOrder): Promise<Server> {
  return startServer({
    ports: [port],
    prepare(folder) {
      mkdirSync(join(folder, 'db'));
      const file = join(folder, 'slapd.conf');
      const tls =
        certificate === undefined
          ? []
          : [`TLSCertificateFile ${certificate.certificate}`, `TLSCertificateKeyFile ${certificate.key}`];
      const lines = [
        'include /etc/ldap/schema/core.schema',
        `pidfile ${join(folder, 'pid')}`,
        'modulepath /usr/lib/ldap',
        'moduleload back_mdb',
        ...tls,
        'database mdb',
        'suffix "dc=example,dc=nl"',
        `directory ${join(folder, 'db')}`,
      ];
      writeFileSync(file, `${lines.join('\n')}\n`);
      return { file: '/usr/sbin/slapd', args: ['-f', file, '-h', `ldap://127.0.0.1:${port}`, '-d', '0'] };
    },
  });
}
