import { formatAddress, parseAddress } from '../../../policies/networks.ts';
import { read, unreadable, type Reading } from '../../../policies/reading.ts';
import type { CollectContext } from '../collector.ts';

/** Where systemd waits for SSH connections in sshd's place; `0.0.0.0` and `::` are every address. */
export interface SocketUnit {
  readonly address: string;
  readonly port: number;
}

/** The units by which Debian, Ubuntu and Fedora start sshd when somebody connects. */
const units = ['ssh.socket', 'sshd.socket'];

/** The addresses of active socket units of sshd; none on a host that systemd does not run. */
export async function readSocketUnits({ host, signal }: CollectContext): Promise<Reading<SocketUnit[]>> {
  const systemd = await host.status('/run/systemd/system');
  if (systemd.state === 'unreadable' && systemd.obstacle.code === 'missing') return read([]);
  const args = ['show', '--property=ActiveState,Listen', ...units];
  const shown = await host.run({ file: 'systemctl', args, timeout: 10 }, signal);
  if (shown.state === 'unreadable') return shown;
  if (shown.value.exitCode !== 0)
    return unreadable('command-failed', 'systemctl show', `exit code ${shown.value.exitCode}`);
  const active = shown.value.stdout.split(/\n\n+/).filter((unit) => /^ActiveState=active$/m.test(unit));
  const places = active.flatMap((unit) =>
    [...unit.matchAll(/^Listen=(\S+) \(Stream\)$/gm)].map(([, place = '']) => parsePlace(place)),
  );
  if (places.some((place) => place === undefined) || (active.length > 0 && places.length === 0)) {
    return unreadable('unparsable', 'systemctl show', 'an address of a socket of sshd');
  }
  return read(places.filter((place) => place !== undefined));
}

/** `[::]:22`, `0.0.0.0:22`, as systemd and sshd write them. */
export function parsePlace(text: string): SocketUnit | undefined {
  const [, bracketed, bare = '', port = ''] = /^(?:\[([^\]]+)\]|([^:]+)):(\d+)$/.exec(text) ?? [];
  const address = parseAddress(bracketed ?? bare);
  return address === undefined ? undefined : { address: formatAddress(address), port: Number(port) };
}
