import { once } from 'node:events';
import { connect, type Socket } from 'node:net';

export interface Answer {
  readonly status: number;
  readonly body: Buffer;
}

const headEnd = Buffer.from('\r\n\r\n');

/**
 * One kept connection that speaks just enough HTTP/1.1 (RFC 9112) to ask and be answered with a Content-Length: a
 * sender that costs as much as the server would measure itself.
 */
export class Connection {
  readonly #socket: Socket;
  readonly #host: string;
  #received: Buffer = Buffer.alloc(0);
  #answered: ((answer: Answer) => void) | undefined;
  #failed: ((error: Error) => void) | undefined;

  private constructor(socket: Socket, host: string) {
    this.#socket = socket;
    this.#host = host;
    socket.setNoDelay(true);
    socket.on('data', (chunk: Buffer) => this.#read(chunk));
    socket.on('close', () => this.#failed?.(new Error('the server closed the connection')));
    socket.on('error', (error) => this.#failed?.(error));
  }

  static async to(url: URL): Promise<Connection> {
    const socket = connect(Number(url.port), url.hostname);
    await once(socket, 'connect');
    return new Connection(socket, url.host);
  }

  ask(method: string, path: string, type: string, body: Buffer): Promise<Answer> {
    const head = `${method} ${path} HTTP/1.1\r\nhost: ${this.#host}\r\ncontent-type: ${type}\r\ncontent-length: ${body.length}\r\n\r\n`;
    return new Promise((resolve, reject) => {
      this.#answered = resolve;
      this.#failed = reject;
      this.#socket.write(Buffer.concat([Buffer.from(head), body]));
    });
  }

  end(): void {
    this.#failed = undefined;
    this.#socket.destroy();
  }

  #read(chunk: Buffer): void {
    this.#received = this.#received.length === 0 ? chunk : Buffer.concat([this.#received, chunk]);
    const end = this.#received.indexOf(headEnd);
    if (end === -1) return;
    const head = this.#received.toString('latin1', 0, end);
    const length = Number(/\r\ncontent-length: ([0-9]+)/i.exec(head)?.[1] ?? 0);
    const begin = end + headEnd.length;
    if (this.#received.length < begin + length) return;
    const body = this.#received.subarray(begin, begin + length);
    this.#received = this.#received.subarray(begin + length);
    this.#answered?.({ status: Number(head.slice('HTTP/1.1 '.length, 'HTTP/1.1 '.length + 3)), body });
  }
}
