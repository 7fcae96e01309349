import { once } from 'node:events';
import { createServer, type AddressInfo, type Socket } from 'node:net';
import { LocalHost } from '../../../../agent/host/local.ts';
import { stagesOf, type ScanOptions } from '../../../../agent/tls/scan.ts';
import { Starttls, type StarttlsOptions } from '../../../../agent/tls/starttls/starttls.ts';
import { doubtText, type StarttlsName } from '../../../../policies/checks/endpoints.ts';
import { accepting, wire } from '../scripted.ts';

/** What a server says, one after the other: each next thing when the client has said something. */
export type Lines = readonly (string | Uint8Array)[];

export interface SpeakingServer extends AsyncDisposable {
  readonly port: number;
  /** What each connection's client said in plain text, in order of the connections. */
  readonly heard: readonly (readonly string[])[];
}

/** What one connection gets; `greets`: the first line is said before the client says anything. */
export interface Conversation {
  readonly greets: boolean;
  readonly lines: Lines;
  /** What becomes of the connection when all was said: TLS 1.2 (unless said), an end, or nothing. */
  readonly then?: 'tls' | 'end' | 'silence';
}

/** A server on 127.0.0.1 that holds these conversations, the last one again and again. */
export async function speakingServer(
  ...conversations: readonly [Conversation, ...Conversation[]]
): Promise<SpeakingServer> {
  const heard: string[][] = [];
  const open = new Set<Socket>();
  const server = createServer((socket) => {
    open.add(socket);
    socket.on('error', () => undefined);
    socket.on('close', () => open.delete(socket));
    const conversation = conversations[heard.length] ?? conversations.at(-1) ?? conversations[0];
    const said: string[] = [];
    heard.push(said);
    hold(conversation, socket, said);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    heard,
    async [Symbol.asyncDispose]() {
      for (const socket of open) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}

function hold({ greets, lines, then = 'tls' }: Conversation, socket: Socket, said: string[]): void {
  let next = 0;
  const say = (): void => {
    socket.write(lines[next] ?? '');
    next += 1;
    if (next === lines.length && then === 'end') socket.end();
  };
  if (greets && lines.length > 0) say();
  else if (lines.length === 0 && then === 'end') socket.end();
  socket.on('data', (bytes: Buffer) => {
    // A client of MySQL does not wait after its SSLRequest of 36 bytes, so both may come at once.
    const isJoined = bytes.length > 36 && bytes.readUInt32LE() === 0x0100_0020;
    for (const chunk of isJoined ? [bytes.subarray(0, 36), bytes.subarray(36)] : [bytes]) answer(chunk);
  });
  function answer(chunk: Buffer): void {
    const isTls = next >= lines.length && chunk[0] === 22;
    if (!isTls) said.push(chunk.toString('latin1'));
    if (next < lines.length) say();
    else if (isTls && then === 'tls') {
      accepting(wire['TLSv1.2'])({ socket, greeting: chunk, offered: offeredBy(chunk), number: 0 });
    } else if (then === 'tls') socket.end();
  }
}

function offeredBy(greeting: Buffer): number {
  return greeting.includes(Buffer.from([0, 43, 0, 3, 2, 3, 4])) ? 0x0304 : greeting.readUInt16BE(9);
}

/** The outcome in short: `TLSv1.2` (what is accepted, and `?` behind what is unclear), `no-starttls`, `not-tls`, `unknown …`. */
export async function outcome(
  server: { readonly port: number },
  protocol: StarttlsName,
  { scan, ...options }: StarttlsOptions & { readonly scan?: ScanOptions } = {},
): Promise<string> {
  const starttls = new Starttls(protocol, { pauseSeconds: 0.05, greetingSeconds: 1, ...options });
  const target = { address: '127.0.0.1', port: server.port, name: 'mx.example.nl', starttls };
  const found = await stagesOf(new LocalHost(), target, { stepSeconds: 0.5, ...scan }).versions();
  switch (found.speaks) {
    case 'other':
      return found.answer;
    case 'unknown':
      return `unknown ${doubtText(found.why)}`;
    case 'tls':
      return Object.entries(found.versions)
        .filter(([, { answer }]) => answer !== 'no')
        .map(([version, { answer }]) => (answer === 'yes' ? version : `${version}?`))
        .join(' ');
  }
}
