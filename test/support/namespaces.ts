import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { LocalHost } from '../../agent/host/local.ts';
import type { Command, CommandResult, Host } from '../../agent/host/host.ts';
import { read, unreadable, type Reading } from '../../policies/reading.ts';
import type { Attempt } from './namespaces/peer.ts';

/** Whether this machine lets tests make network namespaces of their own. */
export function canMakeNamespaces(): boolean {
  return spawnSync('unshare', ['-n', 'ip', 'link', 'set', 'lo', 'up'], { stdio: 'ignore' }).status === 0;
}

/** A host and a client with a cable between them, each in a network namespace of its own. */
export interface Network extends AsyncDisposable {
  /** Reads the host's side. */
  readonly host: Host;
  /** The name that ip-netns(8) knows the host's side by. */
  readonly hostNamespace: string;
  /** Runs a command on the host's side; throws where it fails. */
  run(command: readonly string[], input?: string): string;
  /** The same on the client's side. */
  runAsClient(command: readonly string[], input?: string): string;
  /** Tries to reach the host from the client; for each attempt whether an answer came. */
  attempt(attempts: readonly Attempt[]): Promise<boolean[]>;
}

export interface NetworkOptions {
  /** With prefix length. */
  readonly hostAddresses: readonly string[];
  readonly clientAddresses: readonly string[];
  /** Where the host listens, with TCP and UDP. */
  readonly ports: readonly number[];
}

/** The host's end of the cable is called eth0. */
export async function makeNetwork({ hostAddresses, clientAddresses, ports }: NetworkOptions): Promise<Network> {
  await using made = new AsyncDisposableStack();
  const [host, client] = ['host', 'client'].map((side) => {
    const name = `waarborg-${process.pid}-${side}`;
    ip('netns', 'add', name);
    made.defer(() => ip('netns', 'delete', name));
    ip('-n', name, 'link', 'set', 'lo', 'up');
    return name;
  }) as [string, string];
  ip('-n', host, 'link', 'add', 'eth0', 'type', 'veth', 'peer', 'name', 'eth0', 'netns', client);
  for (const [name, addresses] of [[host, hostAddresses] as const, [client, clientAddresses] as const]) {
    for (const address of addresses) ip('-n', name, 'address', 'add', address, 'dev', 'eth0', ...noWait(address));
    ip('-n', name, 'link', 'set', 'eth0', 'up');
  }
  await startPeer(made, host, ['server', ...ports.map(String)]);
  const { stdin, answers } = await startPeer(made, client, ['client']);
  const kept = made.move();
  return {
    host: new NamespaceHost(host),
    hostNamespace: host,
    run: (command, input) => runIn(host, command, input),
    runAsClient: (command, input) => runIn(client, command, input),
    async attempt(attempts) {
      stdin.write(`${JSON.stringify(attempts)}\n`);
      return JSON.parse(await nextLine(answers)) as boolean[];
    },
    [Symbol.asyncDispose]: () => kept.disposeAsync(),
  };
}

function runIn(namespace: string, [file = '', ...args]: readonly string[], input?: string): string {
  return execFileSync('ip', ['netns', 'exec', namespace, file, ...args], { input, encoding: 'utf8', stdio: 'pipe' });
}

function ip(...args: string[]): void {
  execFileSync('ip', args);
}

/** An IPv6 address can be used at once where nobody else can have it (RFC 4862 5.4). */
function noWait(address: string): string[] {
  return address.includes(':') ? ['nodad'] : [];
}

async function startPeer(made: AsyncDisposableStack, namespace: string, args: readonly string[]) {
  const script = join(import.meta.dirname, 'namespaces/peer.ts');
  const command = ['netns', 'exec', namespace, process.execPath, script, ...args];
  const peer = spawn('ip', command, { stdio: ['pipe', 'pipe', 'inherit'] });
  made.defer(async () => {
    if (peer.exitCode !== null) return;
    peer.kill('SIGKILL');
    await once(peer, 'exit');
  });
  const answers = createInterface(peer.stdout)[Symbol.asyncIterator]();
  await nextLine(answers);
  return { stdin: peer.stdin, answers };
}

async function nextLine(lines: AsyncIterator<string>): Promise<string> {
  const next = (await lines.next()) as IteratorResult<string, undefined>;
  if (next.done === true) throw new Error('the peer in the namespace ended');
  return next.value;
}

/** A host as a program in a network namespace sees it. */
class NamespaceHost extends LocalHost {
  readonly #name: string;

  constructor(name: string) {
    super();
    this.#name = name;
  }

  override run(command: Command, signal?: AbortSignal): Promise<Reading<CommandResult>> {
    const args = ['netns', 'exec', this.#name, command.file, ...command.args];
    return super.run({ ...command, file: 'ip', args }, signal);
  }

  override async readText(path: string): Promise<Reading<string>> {
    const result = await this.run({ file: 'cat', args: [path] });
    if (result.state === 'unreadable') return result;
    return result.value.exitCode === 0 ? read(result.value.stdout) : unreadable('missing', path);
  }

  override async list(path: string): Promise<Reading<string[]>> {
    const result = await this.run({ file: 'ls', args: ['-1', path] });
    if (result.state === 'unreadable') return result;
    if (result.value.exitCode !== 0) return unreadable('missing', path);
    return read(result.value.stdout.split('\n').filter((name) => name !== ''));
  }
}
