import type { Destination } from '../../../policies/checks/log-forwarding/facts.ts';

/** Where a configuration says that logs go. */
export type Told = Pick<Destination, 'host' | 'port' | 'transport' | 'scope'>;

/** Host and port of an address of the web, with the port of its scheme; undefined for anything else. */
export function placeOfUrl(text: string): Pick<Told, 'host' | 'port'> | undefined {
  if (!URL.canParse(text)) return undefined;
  const { protocol, hostname, port } = new URL(text);
  const usual = protocol === 'https:' ? 443 : protocol === 'http:' ? 80 : undefined;
  if (usual === undefined || hostname === '') return undefined;
  return { host: hostname.replace(/^\[(.*)\]$/, '$1'), port: port === '' ? usual : Number(port) };
}

/** A text without the comments that begin with `#` outside of quotes. */
export function withoutComments(text: string): string {
  return text.replace(/"(?:[^"\\]|\\.)*"|'(?:[^'\\\n]|\\.)*'|#[^\n]*/g, (part) => (part.startsWith('#') ? '' : part));
}
