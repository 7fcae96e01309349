import type { X509Certificate } from 'node:crypto';
import { once } from 'node:events';
import { connect } from 'node:tls';

/** What 127.0.0.1 serves for a name, or to who gives none; undefined where it turns the asker away or speaks no TLS. */
export async function servedFor(port: number, name: string | undefined): Promise<X509Certificate | undefined> {
  const asked = name === undefined ? {} : { servername: name };
  const socket = connect({ host: '127.0.0.1', port, rejectUnauthorized: false, ...asked });
  try {
    await once(socket, 'secureConnect');
    return socket.getPeerX509Certificate();
  } catch {
    return undefined;
  } finally {
    socket.destroy();
  }
}
