import { X509Certificate } from 'node:crypto';
import type forge from 'node-forge';

/** What a container holds is not of a form that is read here. Never leaves this folder. */
export class NotReadable extends Error {}

type Forge = typeof forge;
type Asn1 = forge.asn1.Asn1;

const oids = {
  data: '1.2.840.113549.1.7.1',
  signedData: '1.2.840.113549.1.7.2',
  encryptedData: '1.2.840.113549.1.7.6',
  certificateBag: '1.2.840.113549.1.12.10.1.3',
  nestedBag: '1.2.840.113549.1.12.10.1.6',
  x509: '1.2.840.113549.1.9.22.1',
} as const;

/** The key of a check sum is derived this often at most: a file decides on its own cost. */
const maximumIterations = 1_000_000;

/**
 * The certificates of a PKCS#7 (RFC 2315 9.1) or PKCS#12 (RFC 7292) file in DER or BER, as they stand in it. Its keys
 * are left alone. node-forge opens the container; what it would make of a certificate is not used.
 *
 * @param password of a PKCS#12 file
 * @throws NotReadable
 */
export async function readContainer(bytes: Uint8Array, password: string): Promise<X509Certificate[]> {
  const { default: library } = await import('node-forge');
  try {
    const root = parse(library, Buffer.from(bytes).toString('latin1'));
    const [first] = children(root);
    const isPkcs12 = first?.type === library.asn1.Type.INTEGER;
    const found = isPkcs12 ? fromPkcs12(library, root, password) : fromPkcs7(library, root);
    return found.map((der) => new X509Certificate(Buffer.from(der, 'latin1')));
  } catch (error) {
    if (error instanceof NotReadable) throw error;
    throw new NotReadable(error instanceof Error ? error.message : String(error), { cause: error });
  }
}

function parse({ asn1, util }: Forge, bytes: string): Asn1 {
  return asn1.fromDer(util.createBuffer(bytes), { strict: false, parseAllBytes: false, decodeBitStrings: false });
}

function children(node: Asn1 | undefined): Asn1[] {
  if (node === undefined || typeof node.value === 'string') throw new NotReadable('another structure was expected');
  return node.value;
}

/** An OCTET STRING may come in parts (BER). */
function octets(node: Asn1 | undefined): string {
  if (node === undefined) throw new NotReadable('a part is missing');
  return typeof node.value === 'string' ? node.value : node.value.map(octets).join('');
}

function oid({ asn1 }: Forge, node: Asn1 | undefined): string {
  return asn1.derToOid(octets(node));
}

/** `ContentInfo { contentType, [0] content }`. */
function fromPkcs7(library: Forge, root: Asn1): string[] {
  const { asn1 } = library;
  const [type, wrapped] = children(root);
  if (oid(library, type) !== oids.signedData) throw new NotReadable('a PKCS#7 file without signed data');
  const [signed] = children(wrapped);
  const certificates = children(signed).find(
    ({ tagClass, type }) => tagClass === asn1.Class.CONTEXT_SPECIFIC && type === asn1.Type.NONE,
  );
  return certificates === undefined ? [] : children(certificates).map((one) => asn1.toDer(one).getBytes());
}

/** `PFX { version, authSafe, macData }`. */
function fromPkcs12(library: Forge, root: Asn1, password: string): string[] {
  const [, authSafe, mac] = children(root);
  if (mac !== undefined) refuseCostly(library, mac);
  // Checks the password against the file's check sum; throws where it does not fit.
  try {
    library.pkcs12.pkcs12FromAsn1(root, false, password);
  } catch (error) {
    const said = error instanceof Error ? error.message : String(error);
    throw new NotReadable(/MAC|password/i.test(said) ? 'the password does not fit' : said, { cause: error });
  }
  const contents = children(parse(library, octets(contentOf(authSafe))));
  return contents.flatMap((content) =>
    fromBags(library, children(parse(library, decrypted(library, content, password)))),
  );
}

function refuseCostly({ asn1, util }: Forge, mac: Asn1): void {
  const iterations = children(mac)[2];
  if (iterations === undefined) return;
  const bytes = octets(iterations);
  const count = bytes.length > 4 ? Infinity : asn1.derToInteger(util.createBuffer(bytes));
  if (count > maximumIterations) throw new NotReadable('its password is derived too often to be checked');
}

function contentOf(content: Asn1 | undefined): Asn1 | undefined {
  return children(children(content)[1])[0];
}

function decrypted(library: Forge, content: Asn1, password: string): string {
  const [type] = children(content);
  const kind = oid(library, type);
  if (kind === oids.data) return octets(contentOf(content));
  if (kind !== oids.encryptedData) throw new NotReadable('a part is encrypted for a certificate');
  const [, algorithm, encrypted] = children(children(contentOf(content))[1]);
  const [scheme, parameters] = children(algorithm);
  const cipher = library.pki.pbe.getCipher(oid(library, scheme), parameters, password);
  cipher.update(library.util.createBuffer(octets(encrypted)));
  if (!cipher.finish()) throw new NotReadable('the password does not fit');
  return cipher.output.getBytes();
}

/** `SafeBag { bagId, [0] bagValue, attributes }`. */
function fromBags(library: Forge, bags: readonly Asn1[]): string[] {
  return bags.flatMap((bag) => {
    const kind = oid(library, children(bag)[0]);
    if (kind === oids.nestedBag) throw new NotReadable('a bag within a bag');
    if (kind !== oids.certificateBag) return [];
    const [form, wrapped] = children(contentOf(bag));
    if (oid(library, form) !== oids.x509) throw new NotReadable('a certificate that is not X.509');
    return [octets(children(wrapped)[0])];
  });
}
