import { execFileSync } from 'node:child_process';
import { copyFileSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { startServer, type Server } from './server.ts';

export interface MariadbOrder {
  readonly port: number;
  /** Left out: it offers no TLS. */
  readonly certificate?: { readonly certificate: string; readonly key: string };
  readonly options?: readonly string[];
  /** Whether it keeps accounts, and lets in root over its socket alone; else it lets in everybody, and knows none. */
  readonly accounts?: boolean;
}

/** MariaDB with nothing in it but what its installation brings. */
export function startMariadb({ port, certificate, options = [], accounts = false }: MariadbOrder): Promise<Server> {
  return startServer({
    ports: [port],
    prepare(folder) {
      const data = join(folder, 'data');
      mkdirSync(data);
      const tls: string[] = [];
      if (certificate !== undefined) {
        const copies = ['server.crt', 'server.key'].map((name) => join(folder, name));
        for (const [index, from] of [certificate.certificate, certificate.key].entries()) {
          copyFileSync(from, copies[index] ?? '');
        }
        tls.push(`--ssl-cert=${copies[0] ?? ''}`, `--ssl-key=${copies[1] ?? ''}`);
      }
      execFileSync('chown', ['-R', String(nobody), folder]);
      if (accounts) install(data);
      const args = [
        '--no-defaults',
        `--datadir=${data}`,
        `--socket=${join(folder, 'socket')}`,
        `--pid-file=${join(folder, 'pid')}`,
        '--bind-address=127.0.0.1',
        `--port=${port}`,
        ...(accounts ? [] : ['--skip-grant-tables']),
        '--skip-innodb',
        '--default-storage-engine=MyISAM',
        '--skip-name-resolve',
        '--lc-messages-dir=/usr/share/mysql',
        ...tls,
        ...options,
      ];
      // Without accounts it would not listen at all; they are asked for only after TLS.
      return { file: '/usr/sbin/mariadbd', args: [...args, '--skip-skip-networking'], uid: nobody };
    },
  });
}

/** The tables of accounts, and root. */
function install(data: string): void {
  const options = [
    '--no-defaults',
    `--datadir=${data}`,
    '--skip-test-db',
    '--skip-innodb',
    '--default-storage-engine=MyISAM',
  ];
  const root = ['--auth-root-authentication-method=socket', '--auth-root-socket-user=root'];
  execFileSync('mariadb-install-db', [...options, ...root], { uid: nobody, gid: nobody, cwd: data, stdio: 'pipe' });
}

const nobody = 65_534;
