import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { startServer, type Server } from './server.ts';

export interface VsftpdOrder {
  readonly port: number;
  /** Left out: it offers no TLS. */
  readonly certificate?: { readonly certificate: string; readonly key: string };
}

/** vsftpd with nobody to log in. Needs root. */
export function startVsftpd({ port, certificate }: VsftpdOrder): Promise<Server> {
  return startServer({
    ports: [port],
    prepare(folder) {
      mkdirSync(join(folder, 'empty'));
      const file = join(folder, 'vsftpd.conf');
      const tls =
        certificate === undefined
          ? ['ssl_enable=NO']
          : ['ssl_enable=YES', `rsa_cert_file=${certificate.certificate}`, `rsa_private_key_file=${certificate.key}`];
      const lines = [
        'listen=YES',
        'background=NO',
        'listen_address=127.0.0.1',
        `listen_port=${port}`,
        `secure_chroot_dir=${join(folder, 'empty')}`,
        'local_enable=YES',
        'seccomp_sandbox=NO',
        ...tls,
      ];
      writeFileSync(file, `${lines.join('\n')}\n`);
      return { file: '/usr/sbin/vsftpd', args: [file] };
    },
  });
}
