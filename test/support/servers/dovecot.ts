import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { startServer, type Server } from './server.ts';

type DovecotProtocol = 'imap' | 'pop3' | 'lmtp' | 'sieve';

export interface DovecotOrder {
  readonly certificate: string;
  readonly key: string;
  readonly ports: Readonly<Record<DovecotProtocol, number>>;
  readonly ssl: 'yes' | 'no';
  /** Further lines of its configuration. */
  readonly settings?: readonly string[];
}

/** Dovecot with nobody to log in. Needs root: its processes run as `dovenull` and `dovecot`. */
export function startDovecot({ certificate, key, ports, ssl, settings = [] }: DovecotOrder): Promise<Server> {
  return startServer({
    ports: Object.values(ports),
    prepare(folder) {
      for (const name of ['run', 'state', 'mail']) mkdirSync(join(folder, name));
      const file = join(folder, 'dovecot.conf');
      const listener = (service: string, name: string, port: number): string => `service ${service} {
  inet_listener ${name} {
    address = 127.0.0.1
    port = ${port}
  }
}`;
      writeFileSync(
        file,
        `base_dir = ${join(folder, 'run')}
state_dir = ${join(folder, 'state')}
log_path = ${join(folder, 'log')}
protocols = imap pop3 lmtp sieve
mail_location = maildir:${join(folder, 'mail')}
ssl = ${ssl}
${settings.join('\n')}
ssl_cert = <${certificate}
ssl_key = <${key}
passdb {
  driver = static
  args = nopassword=no
}
${listener('imap-login', 'imap', ports.imap)}
${listener('imap-login', 'imaps', 0)}
${listener('pop3-login', 'pop3', ports.pop3)}
${listener('pop3-login', 'pop3s', 0)}
${listener('lmtp', 'lmtp', ports.lmtp)}
${listener('managesieve-login', 'sieve', ports.sieve)}
`,
      );
      return { file: '/usr/sbin/dovecot', args: ['-F', '-c', file] };
    },
  });
}
