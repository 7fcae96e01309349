import { describe, expect, test } from 'vitest';
import { signS3 } from '../../../../agent/collect/backup/s3-signature.ts';

/** The keys, moment and signatures of the examples in the S3 API reference, "Signature Calculations for the Authorization Header". */
const keys = { id: 'AKIAIOSFODNN7EXAMPLE', secret: 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY' };
const at = new Date('2013-05-24T00:00:00Z');

function signatureOf(url: string, headers: Readonly<Record<string, string>> = {}): string {
  const signed = signS3({ method: 'GET', url: new URL(url), headers }, { keys, region: 'us-east-1' }, at);
  return signed.authorization?.split('Signature=').at(-1) ?? '';
}

describe('the signature of a request', () => {
  test.each([
    [
      'of an object in part',
      'https://examplebucket.s3.amazonaws.com/test.txt',
      { range: 'bytes=0-9' },
      'f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41',
    ],
    [
      "of a bucket's lifecycle",
      'https://examplebucket.s3.amazonaws.com/?lifecycle',
      {},
      'fea454ca298b7da1c68078a5d1bdbfbbe0d65c699e0f91ac7a200a0136783543',
    ],
    [
      'of a listing',
      'https://examplebucket.s3.amazonaws.com/?max-keys=2&prefix=J',
      {},
      '34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7',
    ],
  ])('%s is that of the reference', (_, url, headers, signature) => {
    expect(signatureOf(url, headers)).toBe(signature);
  });

  test('holds for the order in which a query is written, and not for another query', () => {
    expect(signatureOf('https://a.example/b?x=1&a=2')).toBe(signatureOf('https://a.example/b?a=2&x=1'));
    expect(signatureOf('https://a.example/b?x=1')).not.toBe(signatureOf('https://a.example/b?x=2'));
  });
});
