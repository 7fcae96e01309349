import type { Host } from '../../host/host.ts';
import { lateTls } from '../../host/late.ts';

/** Seconds: the service is on this host. */
const patience = 3;

/** Whether a service answers a handshake of TLS with one; whom it says to be is another question. */
export async function answersTls(host: Host, address: string, port: number, signal: AbortSignal): Promise<boolean> {
  const connection = await host.connect(address, port, { timeout: patience, signal });
  if (connection.state === 'unreadable') return false;
  const socket = connection.value;
  // What comes after the answer interests nobody.
  socket.on('error', () => undefined);
  const tls = lateTls().connect({ socket, rejectUnauthorized: false });
  const answered = await new Promise<boolean>((resolve) => {
    const timer = setTimeout(() => resolve(false), patience * 1000);
    const settle = (outcome: boolean): void => {
      clearTimeout(timer);
      resolve(outcome);
    };
    tls.once('secureConnect', () => settle(true));
    tls.on('error', (error) => settle(wantsCertificate(error)));
    tls.once('close', () => settle(false));
  });
  // A TLS layer ends before the connection under it: Node crashes when they are torn down the other way round.
  await new Promise<void>((resolve) => {
    if (tls.closed) resolve();
    tls.once('close', () => resolve());
    tls.destroy();
  });
  socket.destroy();
  return answered;
}

/** A server that asks who is there has spoken TLS up to then. */
function wantsCertificate(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED';
}
