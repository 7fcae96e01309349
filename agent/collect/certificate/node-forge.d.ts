import 'node-forge';

/** What @types/node-forge leaves out. */
declare module 'node-forge' {
  namespace asn1 {
    function fromDer(
      bytes: util.ByteBuffer,
      options: { strict: boolean; parseAllBytes: boolean; decodeBitStrings: boolean },
    ): Asn1;
  }
  namespace pki.pbe {
    function getCipher(scheme: string, parameters: asn1.Asn1 | undefined, password: string): cipher.BlockCipher;
  }
}
