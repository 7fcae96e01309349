import { beforeAll, describe, expect, test } from 'vitest';
import { canTryPam, PamHost, type EtcFiles } from '../../../support/pam.ts';
import { unpackedFile } from '../../../support/unpacked-packages.ts';
import { codes, etc } from './recorded.ts';
import { stackCases, strong, weak } from './stacks.ts';

/** Tried at once: a refusal takes libpam two seconds. */
const stored = new Map<string, Promise<boolean>>();

function storesInPam(files: EtcFiles, caller: 'user' | 'root', password: string): Promise<boolean> {
  const key = JSON.stringify([files, caller, password]);
  const tried = stored.get(key) ?? tryOnce(files, caller, password);
  stored.set(key, tried);
  return tried;
}

async function tryOnce(files: EtcFiles, caller: 'user' | 'root', password: string): Promise<boolean> {
  using host = new PamHost(files);
  return await host.stores('passwd', caller, password);
}

const canTry =
  canTryPam &&
  unpackedFile('libpam-pwquality', 'pam_pwquality.so') !== undefined &&
  unpackedFile('libpam-passwdqc', 'pam_passwdqc.so') !== undefined;

describe.skipIf(!canTry)('what the collector says of a stack is what libpam does', () => {
  beforeAll(async () => {
    const all = stackCases.flatMap(({ files }) => [
      storesInPam(files, 'user', weak.length),
      storesInPam(files, 'root', weak.length),
      storesInPam(files, 'user', weak.upper),
      storesInPam(files, 'user', strong),
    ]);
    await Promise.all(all);
  });

  test.each(stackCases)('$name', async ({ files, length, upper }) => {
    expect(await storesInPam(files, 'user', strong)).toBe(true);
    expect(await storesInPam(files, 'user', weak.length)).toBe(!length.user);
    expect(await storesInPam(files, 'root', weak.length)).toBe(!length.root);
    expect(await storesInPam(files, 'user', weak.upper)).toBe(!upper);
  });
});

describe('the verdict on a stack', () => {
  test.each(stackCases)('$name', async ({ files, length, upper }) => {
    const onLength = await codes(etc(files), { minimumLength: 12 });
    const passwd = '/etc/pam.d/passwd';
    expect(onLength).toContain(`${length.user ? 'length' : 'length-short'} ${passwd}`);
    expect(onLength.includes(`root-exempt ${passwd}`)).toBe(length.user && !length.root);
    const onUpper = await codes(etc(files), { kinds: ['upper'], forRoot: false });
    expect(onUpper).toContain(`${upper ? 'kinds' : 'kinds-missing'} /etc/pam.d/passwd`);
  });
});
