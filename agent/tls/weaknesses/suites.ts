import { spokenSuites } from '../client12/index.ts';

/** Suites (IANA "TLS Cipher Suites") by what weaknesses need of them. */

function numbers(hexadecimal: string): ReadonlySet<number> {
  const single = hexadecimal.trim().split(/\s+/);
  return new Set(
    single.flatMap((part) => {
      const [first = '', last = first] = part.split('-');
      const begin = Number.parseInt(first, 16);
      return Array.from({ length: Number.parseInt(last, 16) - begin + 1 }, (_, index) => begin + index);
    }),
  );
}

/** Key exchange RSA: the client encrypts a secret to the certificate's key. */
export const rsaExchange = numbers(`
  0001-000a 002f 0035 003b-003d 0041 0060-0062 0064 0084 0096 009c 009d 00ba 00c0
  c03c c03d c050 c051 c07a c07b c09c c09d c0a0 c0a1 fefe feff`);

/** Key exchange RSA_PSK, which does the same beside a shared key that this scanner has not. */
export const rsaPskExchange = numbers(`
  002e 0092-0095 00ac 00ad 00b6-00b9 c068 c069 c06e c06f c092 c093 c098 c099 ccae`);

/** GCM, CCM, ChaCha20, RC4 and no encryption at all. What is not here may be in CBC mode. */
export const withoutCbc = numbers(`
  0000-0005 0017 0018 001c 001d 0020 0024 0028 002b-002e 003b 0060 0064 0066 008a 008e 0092 009c-00ad 00b0 00b1 00b4 00b5 00b8
  00b9 c001 c002 c006 c007 c00b c00c c010 c011 c015 c016 c02b-c033 c039-c03b c050-c063 c06a-c06f c07a-c093 c09c-c0af
  cc13-cc15 cca8-ccae d001-d005`);

/** What the small client can speak of them, best first. */
export const spokenCbc = spokenSuites.filter(({ cipher }) => cipher.mode === 'cbc');
