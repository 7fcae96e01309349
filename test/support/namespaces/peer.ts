/**
 * One end of a network under test. As `server` it listens on ports (TCP and UDP, both families) and answers; as
 * `client` it reads one JSON line of attempts, and says for each whether an answer came. Arguments: which, and the ports.
 */
import { createSocket } from 'node:dgram';
import { connect, createServer } from 'node:net';
import { createInterface } from 'node:readline';

export interface Attempt {
  readonly protocol: 'tcp' | 'udp';
  readonly source: string;
  readonly destination: string;
  readonly port: number;
}

/**
 * Each attempt has a source port that none had before: the kernel remembers connections, and takes the packets of one
 * that it knows for its continuation, whatever rules were loaded since.
 */
let lastSourcePort = 10_000;

/** Milliseconds: the other end is on the same machine. */
const patience = 250;

async function listen(ports: readonly number[]): Promise<void> {
  const opened = ports.flatMap((port) => [
    new Promise<void>((resolve) =>
      createServer((socket) => {
        // The other end hangs up as soon as it has its answer.
        socket.on('error', () => undefined);
        socket.end('x').resume();
      }).listen(port, '::', resolve),
    ),
    ...(['udp4', 'udp6'] as const).map((type) => {
      const socket = createSocket({ type, ipv6Only: type === 'udp6' });
      socket.on('message', (_, { address, port: to }) => socket.send('x', to, address));
      return new Promise<void>((resolve) => socket.bind(port, resolve));
    }),
  ]);
  await Promise.all(opened);
  process.stdout.write('ready\n');
}

function tryTcp({ source, destination, port }: Attempt): Promise<boolean> {
  return new Promise((resolve) => {
    const local = { localAddress: source, localPort: ++lastSourcePort };
    const socket = connect({ host: destination, port, ...local });
    const settle = (answered: boolean): void => {
      clearTimeout(timer);
      socket.resetAndDestroy();
      resolve(answered);
    };
    const timer = setTimeout(() => settle(false), patience);
    socket.on('error', () => settle(false));
    socket.on('data', () => settle(true));
  });
}

function tryUdp({ source, destination, port }: Attempt): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = createSocket(source.includes(':') ? 'udp6' : 'udp4');
    const settle = (answered: boolean): void => {
      clearTimeout(timer);
      socket.close(() => resolve(answered));
    };
    const timer = setTimeout(() => settle(false), patience);
    socket.once('error', () => settle(false));
    socket.once('message', () => settle(true));
    socket.bind(++lastSourcePort, source, () => socket.send('x', port, destination));
  });
}

const [role, ...ports] = process.argv.slice(2);
if (role === 'server') await listen(ports.map(Number));
else {
  process.stdout.write('ready\n');
  for await (const line of createInterface(process.stdin)) {
    const attempts = JSON.parse(line) as Attempt[];
    const answered = await Promise.all(attempts.map((one) => (one.protocol === 'tcp' ? tryTcp(one) : tryUdp(one))));
    process.stdout.write(`${JSON.stringify(answered)}\n`);
  }
}
