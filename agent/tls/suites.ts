/**
 * Cipher suites by their numbers in the IANA registry "TLS Cipher Suites", grouped by the certificate that a server
 * needs for them. Export, draft and private numbers that servers of their time shipped are among them: what is old is
 * looked for here, not used. Each group begins with what servers most often have, so that one question usually suffices.
 */

function numbers(hexadecimal: string): readonly number[] {
  return hexadecimal
    .trim()
    .split(/\s+/)
    .map((code) => Number.parseInt(code, 16));
}

/** Key exchange ECDHE_RSA, DHE_RSA and RSA: the server shows an RSA certificate. */
export const rsaSuites = numbers(`
  c02f c030 cca8 c013 c014 c027 c028 009e 009f ccaa 0033 0039 0067 006b
  009c 009d 002f 0035 003c 003d 000a 0016 c012 c011 0005 0004 0041 0084 0045 0088 0096 009a 0007 0009 0015
  0003 0006 0008 0014 0001 0002 003b c010 c09c c09d c09e c09f c0a0 c0a1 c0a2 c0a3 c060 c061 c052 c053 c050 c051
  c076 c077 c08a c08b c07a c07b c07c c07d 00ba 00be 00c0 00c4 c03c c03d c044 c045 c04c c04d
  0060 0061 0062 0064 fefe feff cc13 cc15`);

/** Key exchange ECDHE_ECDSA and fixed ECDH: the server shows a certificate with an elliptic-curve key. */
export const ecdsaSuites = numbers(`
  c02b c02c cca9 c009 c00a c023 c024 c008 c007 c0ac c0ad c0ae c0af c05c c05d c048 c049 c072 c073 c086 c087 c006 cc14
  c001 c002 c003 c004 c005 c00b c00c c00d c00e c00f c025 c026 c029 c02a c02d c02e c031 c032
  c04a c04b c04e c04f c05e c05f c062 c063 c074 c075 c078 c079 c088 c089 c08c c08d`);

/** Key exchange DHE_DSS: the server shows a DSA certificate. */
export const dsaSuites = numbers(`
  00a2 00a3 0032 0038 0040 006a 0013 0012 0011 0044 0087 0099 00bd 00c3 0063 0065 0066 c042 c043 c056 c057 c080 c081`);

/** Anonymous, pre-shared key, fixed DH, Kerberos, SRP and GOST: no certificate of the kinds above. */
export const otherSuites = numbers(`
  0034 003a 006c 006d 00a6 00a7 0017 0018 0019 001a 001b 0046 0089 009b 00bf 00c5 c015 c016 c017 c018 c019
  c046 c047 c05a c05b c084 c085
  00a8 00a9 00aa 00ab 00ac 00ad 008a 008b 008c 008d 008e 008f 0090 0091 0092 0093 0094 0095 002c 002d 002e
  00ae 00af 00b0 00b1 00b2 00b3 00b4 00b5 00b6 00b7 00b8 00b9 c033 c034 c035 c036 c037 c038 c039 c03a c03b
  c064 c065 c066 c067 c068 c069 c06a c06b c06c c06d c06e c06f c070 c071 c08e c08f c090 c091 c092 c093
  c094 c095 c096 c097 c098 c099 c09a c09b c0a4 c0a5 c0a6 c0a7 c0a8 c0a9 c0aa c0ab ccab ccac ccad ccae d001 d002 d003 d005
  000b 000c 000d 000e 000f 0010 0030 0031 0036 0037 003e 003f 0042 0043 0068 0069 0085 0086 0097 0098
  00a0 00a1 00a4 00a5 00bb 00bc 00c1 00c2 c03e c03f c040 c041 c054 c055 c058 c059 c07e c07f c082 c083
  001e 001f 0020 0021 0022 0023 0024 0025 0026 0027 0028 0029 002a 002b
  001c 001d c01a c01b c01c c01d c01e c01f c020 c021 c022 0080 0081 0082 0083 c0b0 c0b1 c0b2 c0b3 c100 c101 c102 ff85`);

/** RFC 8446 B.4, RFC 8998 and RFC 9367. They say nothing of the certificate. */
export const tls13Suites = numbers('1301 1302 1303 1304 1305 00c6 00c7 c103 c104 c105 c106');

/** SSL 2.0 cipher kinds (three bytes each): RC4, RC2, IDEA, DES, 3DES and the export forms. */
export const ssl2Suites = [0x01_00_80, 0x02_00_80, 0x03_00_80, 0x04_00_80, 0x05_00_80, 0x06_00_40, 0x07_00_c0] as const;

/**
 * Some servers read no more than 64 suites and ignore or drop the rest; one place is kept for the signal that
 * stands for a renegotiation extension.
 */
export const suitesAtOnce = 63;

/** Every suite below TLS 1.3 in as few questions as servers understand; the first holds the usual ones of all kinds. */
export const suiteChunks: readonly (readonly number[])[] = chunksOf([
  ...rsaSuites.slice(0, 36),
  ...ecdsaSuites.slice(0, 9),
  ...dsaSuites.slice(0, 6),
  ...otherSuites.slice(0, 12),
  ...rsaSuites.slice(36),
  ...ecdsaSuites.slice(9),
  ...dsaSuites.slice(6),
  ...otherSuites.slice(12),
]);

/** What RFC 6101 gives SSL 3.0 (A.6), and what its servers took up later: AES, Camellia, SEED and export forms. */
export const ssl3Suites = numbers(`
  000a 0005 0004 0016 0009 0015 0003 0006 0008 0001 0002 0007 000b 000c 000d 000e 000f 0010 0011 0012 0013 0014 0017 0018
  0019 001a 001b 001c 001d 001e 002f 0030 0031 0032 0033 0034 0035 0036 0037 0038 0039 003a
  0041 0042 0043 0044 0045 0046 0084 0085 0086 0087 0088 0089 0096 0097 0098 0099 009a 009b 0062 0064`);

export function chunksOf(suites: readonly number[]): readonly (readonly number[])[] {
  const chunks: (readonly number[])[] = [];
  for (let at = 0; at < suites.length; at += suitesAtOnce) chunks.push(suites.slice(at, at + suitesAtOnce));
  return chunks;
}
