import { privilegedCommands, type PrivilegedCommand } from '../host/ssh/privileged.ts';
import type { Host } from '../host/host.ts';
import type { SshSettings } from '../settings.ts';
import { showSshAddress } from '../host/ssh/address.ts';
import type { Finding } from './findings.ts';

/**
 * Looks whether a host can be read over SSH: that it is there, shows the key by which it is known, lets us in, has what
 * reading takes, and lets sudo do what is asked of it.
 * @param host opened over SSH
 */
export async function examineRemote(host: Host, { address, sudo }: SshSettings): Promise<Finding[]> {
  const where = showSshAddress(address);
  const lost = lossOf(host);
  if (lost !== undefined) return [{ code: 'ssh.failed', seen: `${where} cannot be read: ${lost}` }];
  const key = host.readOver?.hostKey ?? 'no key';
  const reached: Finding = { code: 'ssh.reached', seen: `${where}, which calls itself ${host.hostname}, shows ${key}` };
  if (!sudo) return [reached];
  const examined = await examineSudo(host);
  const lostMeanwhile = lossOf(host);
  if (lostMeanwhile === undefined) return [reached, examined];
  return [reached, { code: 'ssh.failed', seen: `the connection with ${where} broke: ${lostMeanwhile}` }];
}

function lossOf({ lost }: Host): string | undefined {
  return lost === undefined ? undefined : (lost.obstacle.detail ?? lost.obstacle.code);
}

/** What of the list is there, and whether sudo would run it; nothing of it is run. */
async function examineSudo(host: Host): Promise<Finding> {
  // Rules with a danger are left out by who will not have it, knowingly.
  const commands = privilegedCommands.filter(({ danger }) => danger === undefined);
  const standings = await Promise.all(
    commands.map(async (command) => ({ command, standing: await standingOf(host, command) })),
  );
  const denied = standings.flatMap(({ command, standing }) => (standing === 'denied' ? [shown(command)] : []));
  const there = standings.filter(({ standing }) => standing !== 'absent').length;
  return denied.length === 0
    ? { code: 'sudo.enough', seen: `sudo allows all of the list that is there: ${there} commands` }
    : { code: 'sudo.missing', seen: `sudo does not allow: ${denied.join('; ')}` };
}

/** Whether sudo would run a command, which is asked of it by sudo(8) `-l`; for one that is not there it would say no. */
const ask = 'command -v "$0" >/dev/null 2>&1 || exit 127; exec sudo -n -l -- "$0" "$@" >/dev/null 2>&1';

/** What stands for further words: no word of the list. */
const anyWord = 'waarborg';

async function standingOf(host: Host, { file, args }: PrivilegedCommand): Promise<'absent' | 'allowed' | 'denied'> {
  const words = args.map((word) => (word === '*' ? anyWord : word));
  const answer = await host.run({ file: 'sh', args: ['-c', ask, file, ...words] });
  const exitCode = answer.state === 'read' ? answer.value.exitCode : undefined;
  if (exitCode === 127) return 'absent';
  return exitCode === 0 ? 'allowed' : 'denied';
}

function shown({ file, args }: PrivilegedCommand): string {
  return [file, ...args].join(' ');
}
