import { readFileSync, statSync } from 'node:fs';
import { once } from 'node:events';
import type { Duplex } from 'node:stream';
import { setTimeout as wait } from 'node:timers/promises';
import ssh2, { type ClientChannel, type ConnectConfig, type PublicKeyAuthMethod, type AgentAuthMethod } from 'ssh2';
import { systemCode } from '../errors.ts';
import { showSshAddress, type SshAddress } from './address.ts';
import { distrustOf, fingerprintOf, knownTypes, type HostTrust } from './known-hosts.ts';

/** How to come to a server, and what has to be right about it. */
export interface SshTarget {
  readonly address: SshAddress;
  readonly trust: SshTrust;
  /** Files with private keys without a passphrase, tried in this order. */
  readonly identityFiles: readonly string[];
  /** The socket of an ssh-agent(1), tried after them. */
  readonly agentSocket?: string;
  /** Servers to go through, the nearest first; each is verified by `jumpTrust`, with the same keys. */
  readonly jumps?: readonly SshAddress[];
  readonly jumpTrust?: SshTrust;
}

/** By what a server is known: one key, or those of a known_hosts file, which is read at each connection. */
export type SshTrust =
  { readonly by: 'fingerprint'; readonly fingerprint: string } | { readonly by: 'known-hosts'; readonly file: string };

/** The way to a server is closed. The message says why, and goes on after "cannot be reached: ". */
export class SshError extends Error {
  readonly code = 'ssh.unreachable';
  constructor(message: string) {
    super(message);
    this.name = 'SshError';
  }
}

/** Seconds until all of a handshake has to be done, and between signs of life; after three missing ones nobody is there. */
const handshake = 10;
/**
 * Seconds until a server has opened a channel, or refused it: one that shows signs of life may never do either. More than
 * it takes to see that nobody is there, which is said first.
 */
const opening = 15;
const signOfLife = 3;
const missedSigns = 3;

/**
 * What is spoken: nothing that rests on SHA-1, CBC or short groups (RFC 9142). AES-GCM first, which Node.js has in native
 * code.
 */
const algorithms = {
  cipher: ['aes128-gcm@openssh.com', 'aes256-gcm@openssh.com', 'aes128-ctr', 'aes256-ctr'],
  hmac: ['hmac-sha2-256-etm@openssh.com', 'hmac-sha2-512-etm@openssh.com', 'hmac-sha2-256', 'hmac-sha2-512'],
  kex: [
    'curve25519-sha256',
    'curve25519-sha256@libssh.org',
    'ecdh-sha2-nistp256',
    'ecdh-sha2-nistp384',
    'ecdh-sha2-nistp521',
    'diffie-hellman-group16-sha512',
    'diffie-hellman-group14-sha256',
  ],
} as const;

const hostKeyTypes = [
  'ssh-ed25519',
  'ecdsa-sha2-nistp256',
  'ecdsa-sha2-nistp384',
  'ecdsa-sha2-nistp521',
  'rsa-sha2-512',
  'rsa-sha2-256',
] as const;

/** One connection, with channels in it. */
export interface SshConnection {
  /** The fingerprint of the key that the server showed, and was trusted for. */
  readonly hostKey: string;
  /** Why the connection is no more; undefined while it stands. */
  lost(): SshError | undefined;
  /**
   * Starts a command line, which the user's shell there reads.
   * @param use is given the channel at once: how a short command ended may be told before a promise is
   * @throws SshError, or Error as ssh2 has it, with `reason` where the server refused a channel
   */
  start<T>(line: string, use: (channel: ClientChannel) => T | Promise<T>): Promise<T>;
  /** @throws as `start` does */
  subsystem<T>(name: string, use: (channel: ClientChannel) => T | Promise<T>): Promise<T>;
  /** A TCP connection from there, which may take as long as it likes. @throws Error as ssh2 has it, with `reason` */
  forward(address: string, port: number): Promise<Duplex>;
  close(): Promise<void>;
}

/**
 * Connects, through jump hosts where there are any, and logs in.
 * @throws SshError
 */
export async function connectSsh(target: SshTarget, signal?: AbortSignal): Promise<SshConnection> {
  const keys = loginMethods(target);
  const hops: SshConnection[] = [];
  try {
    for (const jump of target.jumps ?? []) {
      const trust = target.jumpTrust;
      if (trust === undefined) throw new SshError('jump hosts need a known_hosts file that has their keys');
      hops.push(await connectHop(jump, trust, keys, hops.at(-1), signal));
    }
    const last = await connectHop(target.address, target.trust, keys, hops.at(-1), signal);
    const close = async (): Promise<void> => {
      for (const hop of [last, ...hops.toReversed()]) await hop.close();
    };
    return { ...last, close };
  } catch (error) {
    for (const hop of hops.toReversed()) await hop.close();
    throw error;
  }
}

type LoginMethod = Omit<PublicKeyAuthMethod, 'username'> | Omit<AgentAuthMethod, 'username'>;

/** @throws SshError */
function loginMethods({ identityFiles, agentSocket }: SshTarget): LoginMethod[] {
  const methods: LoginMethod[] = identityFiles.map((file) => ({ type: 'publickey', key: privateKeyIn(file) }));
  if (agentSocket !== undefined) methods.push({ type: 'agent', agent: agentSocket });
  if (methods.length === 0)
    throw new SshError('there is no key to log in with: give a key file, or start an ssh-agent');
  return methods;
}

/** @throws SshError */
function loadTrust(trust: SshTrust): HostTrust {
  if (trust.by === 'fingerprint') return trust;
  try {
    return { ...trust, text: readFileSync(trust.file, 'utf8') };
  } catch (error) {
    throw new SshError(`nobody knows its key: ${trust.file} cannot be read (${systemCode(error)})`);
  }
}

/** @throws SshError */
function privateKeyIn(file: string): Buffer {
  let text: Buffer;
  try {
    if ((statSync(file).mode & 0o077) !== 0) throw new SshError(`others may read the key file ${file}: chmod 600 it`);
    text = readFileSync(file);
  } catch (error) {
    if (error instanceof SshError) throw error;
    throw new SshError(`the key file ${file} cannot be read (${systemCode(error)})`);
  }
  const parsed = ssh2.utils.parseKey(text);
  if (!(parsed instanceof Error)) return text;
  throw new SshError(
    parsed.message.includes('passphrase')
      ? `the key file ${file} has a passphrase: load it into an ssh-agent`
      : `the key file ${file} is not in a form that is known`,
  );
}

async function connectHop(
  address: SshAddress,
  knownBy: SshTrust,
  methods: readonly LoginMethod[],
  through: SshConnection | undefined,
  signal: AbortSignal | undefined,
): Promise<SshConnection> {
  const trust = loadTrust(knownBy);
  const client = new ssh2.Client();
  let hostKey: string | undefined;
  let distrust: string | undefined;
  let end: SshError | undefined;
  const deadline = AbortSignal.any([AbortSignal.timeout(handshake * 1000), ...(signal === undefined ? [] : [signal])]);
  const config: ConnectConfig = {
    host: address.host,
    port: address.port,
    username: address.user,
    readyTimeout: handshake * 1000,
    keepaliveInterval: signOfLife * 1000,
    keepaliveCountMax: missedSigns,
    algorithms: {
      cipher: [...algorithms.cipher],
      hmac: [...algorithms.hmac],
      kex: [...algorithms.kex],
      serverHostKey: preferred(knownTypes(address, trust)),
    },
    hostVerifier: (key: Buffer) => {
      distrust = distrustOf(key, address, trust);
      hostKey = fingerprintOf(key);
      return distrust === undefined;
    },
    authHandler: methods.map((method) => ({ ...method, username: address.user })),
    ...(through === undefined ? {} : { sock: await throughHop(through, address, deadline) }),
  };
  let isReady = false;
  client.on('error', (error) => {
    const why = explain(error, distrust, address);
    end ??= isReady ? new SshError(`the connection was lost: ${why.message}`) : why;
  });
  client.on('close', () => (end ??= new SshError('the connection was closed from there')));
  try {
    client.connect(config);
    // What is asked is short, and waits for its answer: Nagle would hold it back for 40 ms.
    if (through === undefined) client.setNoDelay(true);
    await once(client, 'ready', { signal: deadline });
    isReady = true;
  } catch (error) {
    client.destroy();
    if (deadline.aborted) throw late(address);
    throw end ?? explain(error, distrust, address);
  }
  return connectionOf(client, hostKey ?? '', () => end);
}

/** Host keys of these types first: a server that has several then shows the one it is known by. */
function preferred(types: readonly string[]): (typeof hostKeyTypes)[number][] {
  const isKnown = (type: string): boolean => types.includes(type.startsWith('rsa-') ? 'ssh-rsa' : type);
  return [...hostKeyTypes].sort((a, b) => Number(isKnown(b)) - Number(isKnown(a)));
}

async function throughHop(through: SshConnection, address: SshAddress, deadline: AbortSignal): Promise<Duplex> {
  const { promise: over, reject: giveUp } = Promise.withResolvers<never>();
  const onAbort = (): void => giveUp(late(address));
  deadline.addEventListener('abort', onAbort, { once: true });
  const opened = through.forward(address.host, address.port);
  try {
    return await Promise.race([opened, over]);
  } catch (error) {
    // One that comes when nobody waits for it any more.
    opened.then(
      (channel) => channel.destroy(),
      () => undefined,
    );
    if (deadline.aborted) throw error;
    throw new SshError(`the jump host does not get through: ${error instanceof Error ? error.message : String(error)}`);
  } finally {
    deadline.removeEventListener('abort', onAbort);
  }
}

function late(address: SshAddress): SshError {
  return new SshError(`${showSshAddress(address)} did not answer in time`);
}

function explain(error: unknown, distrust: string | undefined, { user }: SshAddress): SshError {
  if (distrust !== undefined) return new SshError(distrust);
  const { level, message } = error as { level?: unknown; message?: unknown };
  const said = typeof message === 'string' ? message : String(error);
  if (level === 'client-authentication') return new SshError(`it takes none of the keys for ${user}`);
  if (level === 'client-timeout') return new SshError('it stopped answering');
  const code = systemCode(error);
  return new SshError(/^E[A-Z]+$/.test(code) ? code : said);
}

function connectionOf(client: ssh2.Client, hostKey: string, end: () => SshError | undefined): SshConnection {
  /** Asks for a channel; what is asked of a connection that ends meanwhile is never answered by it. */
  const ask = <Channel extends Duplex, T>(
    begin: (done: (error: Error | undefined, channel: Channel) => void) => void,
    use: (channel: Channel) => T | Promise<T>,
    seconds?: number,
  ): Promise<T> =>
    new Promise((resolve, reject) => {
      let isOver = false;
      const giveUp = (why: SshError): void => {
        isOver = true;
        clearTimeout(timer);
        client.removeListener('close', onClose);
        reject(why);
      };
      const onClose = (): void => giveUp(end() ?? new SshError('the connection is closed'));
      const onLate = (): void => giveUp(new SshError('it opens no channel'));
      const timer = seconds === undefined ? undefined : setTimeout(onLate, seconds * 1000);
      if (end() !== undefined) {
        onClose();
        return;
      }
      client.once('close', onClose);
      begin((error, channel) => {
        clearTimeout(timer);
        client.removeListener('close', onClose);
        if (error !== undefined) reject(end() ?? error);
        else if (isOver) channel.destroy();
        else resolve(use(channel));
      });
    });
  return {
    hostKey,
    lost: end,
    start: (line, use) => ask((done) => client.exec(line, done), use, opening),
    subsystem: (name, use) => ask((done) => client.subsys(name, done), use, opening),
    forward: (address, port) =>
      ask(
        (done) => client.forwardOut('127.0.0.1', 0, address, port, done),
        (channel: Duplex) => channel,
      ),
    async close() {
      if (end() !== undefined) return;
      const closed = once(client, 'close');
      client.end();
      // A server that hangs is not waited for.
      await Promise.race([closed, wait(1000, undefined, { ref: false })]);
      client.destroy();
    },
  };
}
