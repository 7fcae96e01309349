import { appendFileSync, cpSync, mkdirSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { readFail2ban } from '../../../../agent/collect/brute-force/fail2ban.ts';
import type { Command, Host } from '../../../../agent/host/host.ts';
import { RecordedHost } from '../../../../agent/host/recorded.ts';
import { bruteForce } from '../../../../policies/checks/brute-force.ts';
import type { Guard } from '../../../../policies/checks/brute-force/facts.ts';
import { read } from '../../../../policies/reading.ts';
import { collecting } from '../../../support/collecting.ts';
import { canMakeNamespaces, makeNetwork, type Network } from '../../../support/namespaces.ts';
import { temporaryFolder, tool } from '../../../support/tools.ts';

const visitor = '203.0.113.9';

/** A fail2ban of its own in a network namespace, with its files in a folder. */
function startFail2ban(network: Network, folder: string, jails: string) {
  cpSync('/etc/fail2ban', join(folder, 'conf'), { recursive: true });
  rmSync(join(folder, 'conf/jail.d'), { recursive: true });
  mkdirSync(join(folder, 'conf/jail.d'));
  const socket = join(folder, 'socket');
  const pid = join(folder, 'pid');
  writeFileSync(
    join(folder, 'conf/fail2ban.local'),
    `[Definition]\nsocket = ${socket}\npidfile = ${pid}\ndbfile = None\nlogtarget = ${join(folder, 'fail2ban.log')}\n`,
  );
  writeFileSync(join(folder, 'conf/jail.local'), `[DEFAULT]\nbackend = polling\n${jails}`);
  writeFileSync(join(folder, 'auth.log'), 'Nov 22 09:00:00 host cron[1]: begun\n');
  const options = ['-c', join(folder, 'conf'), '-s', socket, '-p', pid];
  const client = (...words: string[]): string => network.run(['fail2ban-client', ...options, ...words]);
  client('start');
  const asked: string[] = [];
  const host = new Proxy(network.host, {
    get(target, name) {
      if (name === 'run') {
        return (command: Command, signal?: AbortSignal) => {
          asked.push(command.file);
          const own = command.file === 'fail2ban-client' ? ['-s', socket] : [];
          return target.run({ ...command, args: [...own, ...command.args] }, signal);
        };
      }
      const value: unknown = Reflect.get(target, name, target);
      return typeof value === 'function' ? (value.bind(target) as unknown) : value;
    },
  }) satisfies Host;
  return {
    asked,
    client,
    read: async (): Promise<Guard> => {
      const guard = await readFail2ban(collecting(host));
      if (guard === undefined) throw new Error('fail2ban was not found');
      return guard;
    },
    [Symbol.asyncDispose]: async () => {
      client('stop');
      await sleep(100);
    },
  };
}

function judge(guard: Guard, port = 22, parameters: object = { protects: ['ssh'] }): string[] {
  const facts = {
    listening: read({ services: [{ service: 'ssh' as const, port }], nameless: [] }),
    guards: read([guard]),
    detectors: read([]),
    jailServices: {},
  };
  return bruteForce.judge(read(facts), parameters, new Date()).map(({ code }) => code.replace('brute-force.', ''));
}

const withNetwork = () =>
  makeNetwork({ hostAddresses: ['203.0.113.1/24'], clientAddresses: [`${visitor}/24`], ports: [22] });

describe.skipIf(!tool('fail2ban-client') || !tool('nft') || !tool('iptables') || !canMakeNamespaces())(
  'fail2ban',
  () => {
    it('passes with a jail that reads a living log, before and after it banned', async () => {
      await using network = await withNetwork();
      using folder = temporaryFolder();
      const jail = `[sshd]\nenabled = true\nbanaction = nftables-multiport\nlogpath = ${folder.path}/auth.log\n`;
      await using fail2ban = startFail2ban(network, folder.path, jail);
      const before = await fail2ban.read();
      expect(before).toMatchObject({
        runs: true,
        jails: {
          value: [
            {
              name: 'sshd',
              bansNow: false,
              banSeconds: 600,
              attempts: 5,
              ignored: [],
              actions: [{ name: 'nftables-multiport', tool: 'nftables', ports: 'ssh', hook: read('absent') }],
            },
          ],
        },
      });
      expect(judge(before)).toEqual(['protected', 'jail-works']);
      expect(await fail2ban.read()).toEqual(before);
      // Two questions for the jails and their actions, and one for what they are, however many there are.
      expect(fail2ban.asked.filter((file) => file === 'fail2ban-client')).toHaveLength(6);

      const attempt = { protocol: 'tcp', source: visitor, destination: '203.0.113.1', port: 22 } as const;
      expect(await network.attempt([attempt])).toEqual([true]);
      const now = new Date().toISOString().slice(0, 19);
      for (let index = 0; index < 6; index++) {
        const line = `${now} host sshd[${100 + index}]: Failed password for root from ${visitor} port 4242 ssh2\n`;
        appendFileSync(join(folder.path, 'auth.log'), line);
      }
      await untilBanned(network);
      expect(await network.attempt([attempt])).toEqual([false]);
      const after = await fail2ban.read();
      expect(judge(after)).toEqual(['protected', 'jail-works']);
      expect(JSON.stringify(after)).not.toContain(visitor);

      // A firewall that is loaded anew knows nothing of the ban that fail2ban believes in.
      network.run(['nft', 'flush', 'ruleset']);
      expect(judge(await fail2ban.read())).toEqual(['unprotected', 'ban-ineffective']);
    });

    it('fails where the chain of iptables stands there and no packet comes to it', async () => {
      await using network = await withNetwork();
      using folder = temporaryFolder();
      const jail = `[sshd]\nenabled = true\nbanaction = iptables-multiport\nlogpath = ${folder.path}/auth.log\n`;
      await using fail2ban = startFail2ban(network, folder.path, jail);
      fail2ban.client('set', 'sshd', 'banip', visitor);
      await untilBanned(network, ['iptables', '-S']);
      expect(judge(await fail2ban.read())).toEqual(['protected', 'jail-works']);
      network.run(['iptables', '-F', 'INPUT']);
      expect(judge(await fail2ban.read())).toEqual(['unprotected', 'ban-ineffective']);
    });

    it('tells a log that nobody writes, a short ban, a wide exception, a mere mail and a port that stays open', async () => {
      await using network = await withNetwork();
      using folder = temporaryFolder();
      const common = `enabled = true\nlogpath = ${folder.path}/auth.log\nfilter = sshd\n`;
      await using fail2ban = startFail2ban(
        network,
        folder.path,
        [
          `[sshd-short]\n${common}bantime = 5\n`,
          `[sshd-everyone]\n${common}ignoreip = 0.0.0.0/0\n`,
          `[sshd-halves]\n${common}ignoreip = 0.0.0.0/1 128.0.0.0/1\n`,
          `[sshd-mail]\n${common}action = sendmail-whois[name=x, dest=root]\n`,
          `[sshd-dummy]\n${common}action =\n`,
          `[sshd-patient]\n${common}maxretry = 100000\n`,
          `[sshd-port]\n${common}banaction = nftables-multiport\nport = 22\n`,
          `[sshd-all]\n${common}banaction = nftables-allports\nport = 22\naction = %(action_)s\n`,
        ].join('\n'),
      );
      const guard = await fail2ban.read();
      const alone = (name: string): Guard => {
        if (guard.program !== 'fail2ban' || guard.jails.state !== 'read') throw new Error('no jails');
        return { ...guard, jails: read(guard.jails.value.filter((jail) => jail.name === name)) };
      };
      expect(judge(alone('sshd-short'))).toContain('ban-short');
      expect(judge(alone('sshd-everyone'))).toContain('ignores-everyone');
      expect(judge(alone('sshd-halves'))).toContain('ignores-everyone');
      expect(judge(alone('sshd-mail'))).toContain('action-unclear');
      expect(judge(alone('sshd-dummy'))).toContain('no-action');
      expect(judge(alone('sshd-patient'))).toContain('attempts');
      expect(judge(alone('sshd-port'), 2222)).toEqual(['unprotected', 'port-open']);
      expect(judge(alone('sshd-port'), 22)).toEqual(['protected', 'jail-works']);

      const long = new Date(Date.now() - 40 * 86_400_000);
      utimesSync(join(folder.path, 'auth.log'), long, long);
      expect(judge(await fail2ban.read())).toContain('log-unwritten');
      const soon = new Date(Date.now() + 3 * 86_400_000);
      utimesSync(join(folder.path, 'auth.log'), soon, soon);
      expect(judge(await fail2ban.read())).toContain('log-future');
      rmSync(join(folder.path, 'auth.log'));
      expect(judge(await fail2ban.read())).toContain('log-missing');
    });
  },
);

/** It bans in a thread of its own, after it has answered. */
async function untilBanned(network: Network, rules: readonly string[] = ['nft', 'list', 'ruleset']): Promise<void> {
  for (let round = 0; round < 200; round++) {
    if (network.run(rules).includes(visitor)) return;
    await sleep(50);
  }
  throw new Error(`${visitor} was not banned`);
}

describe('a fail2ban that does not answer', () => {
  const answering = (result: { exitCode?: number; stdout?: string; stderr?: string }) =>
    readFail2ban(collecting(new RecordedHost({ commands: { 'fail2ban-client -i': result } })));

  it.each([
    ['Failed to access socket path: /var/run/fail2ban/fail2ban.sock. Is fail2ban running?', ['unprotected', 'stopped']],
    ['Permission denied to socket: /var/run/fail2ban/fail2ban.sock, (you must be root)', ['host.refused']],
  ])('%s', async (stderr, codes) => {
    const guard = await answering({ exitCode: 255, stdout: 'fail2ban> fail2ban> ', stderr });
    expect(guard).toBeDefined();
    if (guard !== undefined) expect(judge(guard)).toEqual(codes);
  });

  it('is unknown where its answer has another form', async () => {
    const guard = await answering({ stdout: 'fail2ban> Zustand\nfail2ban> ' });
    if (guard !== undefined) expect(judge(guard)).toEqual(['host.unparsable']);
    expect(guard).toBeDefined();
  });

  it('is none where it is not installed', async () => {
    expect(await readFail2ban(collecting(new RecordedHost({})))).toBeUndefined();
  });
});
