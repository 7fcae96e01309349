import { X509Certificate } from 'node:crypto';
import { z } from 'zod';
import type { CertificateFacts } from '../../../policies/checks/certificate/facts.ts';
import { read, unreadable, type Reading } from '../../../policies/reading.ts';
import type { Host } from '../../host/host.ts';
import { describeCertificate } from '../../tls/x509.ts';
import { AbsolutePath } from '../endpoint-settings.ts';
import { NotReadable, readContainer } from './containers.ts';

/** A certificate file, with the file that holds the password where it needs one. */
export const CertificateFile = z.union([
  AbsolutePath.transform((path) => ({ path })),
  z.strictObject({ path: AbsolutePath, passwordFile: AbsolutePath.optional() }),
]);
export type CertificateFile = Readonly<{ path: string; passwordFile?: string | undefined }>;

const pemBlock =
  /-----BEGIN ((?:X509 |TRUSTED )?CERTIFICATE|PKCS7|CMS|PKCS #7 SIGNED DATA)-----([\s\S]*?)-----END \1-----/g;
const pemBegin = /-----BEGIN (?:(?:X509 |TRUSTED )?CERTIFICATE|PKCS7|CMS|PKCS #7 SIGNED DATA)-----/;

/** How a key store of Java begins, in its own two forms. */
const javaKeyStores = ['feedfeed', 'cececece'];

/**
 * Every certificate of a file, in its order: PEM (RFC 7468; other blocks such as keys are passed over), one in DER,
 * PKCS#7 or PKCS#12. One that cannot be parsed makes the whole file unreadable: it might be the one that counts.
 */
export async function readCertificateFile(host: Host, file: CertificateFile): Promise<Reading<CertificateFacts[]>> {
  const { path } = file;
  const bytes = await host.readBytes(path);
  if (bytes.state === 'unreadable') return bytes;
  const password = await readPassword(host, file);
  if (password.state === 'unreadable') return password;
  try {
    const certificates = await certificatesOf(Buffer.from(bytes.value), password.value);
    if (certificates.length === 0) return unreadable('unparsable', path, 'it holds no certificate');
    if (certificates.length > 1000) return unreadable('too-large', path);
    return describeAll(certificates, path);
  } catch (error) {
    return unreadable('unparsable', path, error instanceof Error ? error.message : String(error));
  }
}

/** The first line, as OpenSSL's `-passin file:` has it; empty where no file is named. */
async function readPassword(host: Host, { passwordFile }: CertificateFile): Promise<Reading<string>> {
  if (passwordFile === undefined) return read('');
  const text = await host.readText(passwordFile, { maximumSize: 4096 });
  return text.state === 'unreadable' ? text : read(text.value.split(/\r?\n/, 1)[0] ?? '');
}

async function certificatesOf(bytes: Buffer, password: string): Promise<X509Certificate[]> {
  const text = bytes.toString('latin1');
  const blocks = [...text.matchAll(pemBlock)];
  if (blocks.length < text.split(pemBegin).length - 1) throw new NotReadable('a certificate is cut off');
  if (blocks.length > 0) {
    const found = await Promise.all(
      blocks.map(([block, kind = '', body = '']) => certificatesOfBlock(block, kind, body)),
    );
    return found.flat();
  }
  if (text.includes('-----BEGIN ')) throw new NotReadable('PEM without a certificate');
  if (javaKeyStores.includes(bytes.subarray(0, 4).toString('hex'))) {
    throw new NotReadable('a Java key store; keytool -importkeystore turns it into PKCS#12');
  }
  return fromDer(bytes) ?? readContainer(bytes, password);
}

async function certificatesOfBlock(block: string, kind: string, body: string): Promise<X509Certificate[]> {
  if (kind.endsWith('CERTIFICATE')) return [new X509Certificate(block)];
  return readContainer(Buffer.from(body, 'base64'), '');
}

function fromDer(bytes: Buffer): X509Certificate[] | undefined {
  try {
    return [new X509Certificate(bytes)];
  } catch {
    return undefined;
  }
}

function describeAll(certificates: readonly X509Certificate[], path: string): Reading<CertificateFacts[]> {
  const described: CertificateFacts[] = [];
  for (const certificate of certificates) {
    const one = describeCertificate(certificate.raw, path);
    if (one.state === 'unreadable') return one;
    described.push(one.value);
  }
  return read(described);
}
