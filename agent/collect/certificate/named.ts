import type { NamedCertificate } from '../../../policies/checks/certificate/loaded.ts';
import { read, unreadable } from '../../../policies/reading.ts';
import type { CollectContext } from '../collector.ts';
import type { Endpoint } from '../endpoints.ts';
import { readCertificateFile } from './files.ts';

const maximumNamed = 20_000;

/**
 * What the files hold that servers are configured to serve, or that agent.yaml names for them. A server sends the
 * first certificate of its file as its own. Each file is read once, for however many names.
 */
export async function readNamed(
  { host }: Pick<CollectContext, 'host'>,
  endpoints: readonly Endpoint[],
): Promise<NamedCertificate[]> {
  const wanted = endpoints
    .flatMap(({ label, certificateFiles }) => certificateFiles.map((file) => ({ endpoint: label, ...file })))
    .slice(0, maximumNamed);
  const files = new Map<string, NamedCertificate['file']>();
  for (const { path } of wanted) if (!files.has(path)) files.set(path, await readNamedFile({ host }, path));
  return wanted.flatMap((named) => {
    const file = files.get(named.path);
    return file === undefined ? [] : [{ ...named, file }];
  });
}

async function readNamedFile({ host }: Pick<CollectContext, 'host'>, path: string): Promise<NamedCertificate['file']> {
  const certificates = await readCertificateFile(host, { path });
  if (certificates.state === 'unreadable') return certificates;
  const status = await host.status(path);
  if (status.state === 'unreadable') return status;
  const [first] = certificates.value;
  if (first === undefined) return unreadable('unparsable', path, 'it holds no certificate');
  const { fingerprint, notBefore, key } = first;
  return read({ fingerprint, notBefore, keyKind: key.kind, modifiedAt: status.value.modifiedAt.toISOString() });
}
