/**
 * Where a server of FastCGI listens, in one form for what a web server calls it and for what the server itself does: the path
 * of a socket, or `127.0.0.1:9000` for every way to this host. Undefined for what is neither.
 */
export function backendAddress(text: string): string | undefined {
  const path = text.replace(/^unix:/, '');
  if (path.startsWith('/')) return path.replace(/\/{2,}/g, '/').slice(0, 1024);
  const [, host = '', port] = /^(?:(\[[0-9a-f:.]*\]|[^:\s]*):)?(\d{1,5})$/i.exec(text) ?? [];
  if (port === undefined) return undefined;
  const isHere = ['', '*', '0.0.0.0', '127.0.0.1', 'localhost', '[::]', '[::1]'].includes(host.toLowerCase());
  return `${isHere ? '127.0.0.1' : host.toLowerCase()}:${port}`;
}
