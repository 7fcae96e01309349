import { expect, test } from 'vitest';
import { verifyBundle } from '../../evidence/verify.ts';
import { oneHost, readerOf } from '../support/evidence.ts';

test('no flipped byte in any file of a bundle comes out sound', async () => {
  const log = await oneHost();
  const bundle = log.bundle();
  const reader = readerOf(bundle);
  expect(verifyBundle(reader, { logKey: log.vkey })).toMatchObject({ outcome: 'sound', total: 0 });

  const survivors: string[] = [];
  for (const [path, bytes] of bundle) {
    for (const [at, byte] of bytes.entries()) {
      bytes[at] = byte ^ (1 << (at % 8));
      if (verifyBundle(reader).outcome === 'sound') survivors.push(`${path} byte ${at}`);
      bytes[at] = byte;
    }
  }
  expect(survivors).toEqual([]);
  expect(verifyBundle(reader).outcome).toBe('sound');
});
