import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { startServer, type Server } from './server.ts';

export interface PostfixOrder {
  readonly certificate: string;
  readonly key: string;
  /** By port of 127.0.0.1: further settings of its smtpd, such as `smtpd_tls_security_level=none`. */
  readonly ports: Readonly<Record<number, readonly string[]>>;
}

/** Postfix as one instance of its own, which takes mail for nobody. Needs root: its processes run as `postfix`. */
export function startPostfix({ certificate, key, ports }: PostfixOrder): Promise<Server> {
  const numbers = Object.keys(ports).map(Number);
  return startServer({
    ports: numbers,
    prepare(folder) {
      const path = (name: string): string => join(folder, name);
      for (const name of ['conf', 'queue', 'data']) mkdirSync(path(name));
      const owned =
        'active bounce corrupt defer deferred flush hold incoming maildrop private public saved trace'.split(' ');
      for (const name of [...owned, 'pid']) mkdirSync(path(`queue/${name}`));
      execFileSync('chown', ['postfix', path('data'), ...owned.map((name) => path(`queue/${name}`))]);
      const listeners = numbers.map((port) => {
        const options = (ports[port] ?? []).map((option) => `\n  -o ${option}`);
        return `127.0.0.1:${port} inet n - n - - smtpd${options.join('')}`;
      });
      writeFileSync(path('conf/master.cf'), `${listeners.join('\n')}\n${otherServices}`);
      writeFileSync(
        path('conf/main.cf'),
        `compatibility_level = 3.6
queue_directory = ${path('queue')}
data_directory = ${path('data')}
daemon_directory = /usr/lib/postfix/sbin
mail_owner = postfix
setgid_group = postdrop
myhostname = mx.example.nl
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
mydestination =
mynetworks = 192.0.2.0/24
alias_maps =
smtpd_peername_lookup = no
smtpd_client_event_limit_exceptions =
smtpd_tls_cert_file = ${certificate}
smtpd_tls_key_file = ${key}
smtpd_tls_security_level = may
maillog_file = ${path('log')}
maillog_file_prefixes = ${folder}
`,
      );
      return { file: '/usr/lib/postfix/sbin/master', args: ['-c', path('conf'), '-d'] };
    },
  });
}

const otherServices = `tlsmgr unix - - n 1000? 1 tlsmgr
anvil unix - - n - 1 anvil
rewrite unix - - n - - trivial-rewrite
proxymap unix - - n - - proxymap
postlog unix-dgram n - n - 1 postlogd
`;
