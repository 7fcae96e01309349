import { execFileSync, spawnSync } from 'node:child_process';
import { generateKeyPairSync } from 'node:crypto';
import { appendFileSync, existsSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { billOfMaterials } from '../../deploy/release/components.ts';
import { commitOf } from '../../deploy/release/main.ts';
import { cachedRuntime, requireIntegrity, runtimeFor, runtimeVersion } from '../../deploy/release/runtime.ts';
import { describeRelease, signRelease } from '../../deploy/release/seal.ts';
import manifest from '../../package.json' with { type: 'json' };
import { readSource, root } from '../support/sources.ts';
import { temporaryFolder, tool } from '../support/tools.ts';

const at = new Date('2026-11-22T12:00:00Z');
const description = { version: '1.2.3', at, commit: 'c0ffee', node: '26.10.0' };

let folder: ReturnType<typeof temporaryFolder>;
const path = (name: string): string => join(folder.path, name);

beforeEach(() => {
  folder = temporaryFolder();
  writeFileSync(path('waarborg-1.2.3-linux-x64'), 'the program');
  writeFileSync(path('LICENSES.txt'), 'the licences');
  describeRelease(folder.path, description);
});
afterEach(() => folder[Symbol.dispose]());

function keyOf(kind: 'ed25519' | 'x25519'): string {
  const { privateKey } = kind === 'ed25519' ? generateKeyPairSync('ed25519') : generateKeyPairSync('x25519');
  return privateKey.export({ type: 'pkcs8', format: 'pem' });
}

/** The commands by which docs/release.md has a release checked, one after another. */
function checkAsDocumented(cwd = folder.path): number | null {
  const [, section = ''] = readSource('docs/release.md').split('## Check a release');
  const commands = /^```sh\n([^]*?)^```/m.exec(section)?.[1] ?? 'false';
  return spawnSync('sh', ['-ec', commands], { cwd }).status;
}

describe.skipIf(tool('openssl') === undefined)('a signed release', () => {
  beforeEach(() => signRelease(folder.path, keyOf('ed25519')));

  it('is found sound by the commands of the docs', () => {
    expect(checkAsDocumented()).toBe(0);
  });

  it.each(['waarborg-1.2.3-linux-x64', 'LICENSES.txt', 'release.json', 'SHA256SUMS', 'SHA256SUMS.sig'])(
    'is refused where %s was changed',
    (name) => {
      appendFileSync(path(name), ' ');
      expect(checkAsDocumented()).not.toBe(0);
    },
  );

  it('is refused where another key signed it', () => {
    const known = readFileSync(path('release.pub'));
    signRelease(folder.path, keyOf('ed25519'));
    writeFileSync(path('release.pub'), known);
    expect(checkAsDocumented()).not.toBe(0);
  });
});

it('a release is described by what it is, and nothing of when it was made', () => {
  const told = readFileSync(path('release.json'), 'utf8');
  describeRelease(folder.path, description);
  expect(readFileSync(path('release.json'), 'utf8')).toBe(told);
  expect(JSON.parse(told)).toMatchObject({
    v: 1,
    at: at.toISOString(),
    files: [{ name: 'LICENSES.txt', bytes: 12 }, { name: 'waarborg-1.2.3-linux-x64' }],
  });
});

it('a key of another kind is refused', () => {
  expect(() => signRelease(folder.path, keyOf('x25519'))).toThrow(/x25519; expected ed25519/);
});

it('the Node.js of a release is the one that the program was tested with', () => {
  expect(manifest.dependencies.node).toBe(runtimeVersion);
});

it('a Node.js of other bytes than those that were pinned is refused', () => {
  expect(() => requireIntegrity(path('LICENSES.txt'), 'sha512-AAAA')).toThrow(/expected sha512-AAAA/);
});

const archive = `${cachedRuntime('linux-x64')}.tgz`;

it.skipIf(!existsSync(archive))('a Node.js that was half written, or changed since, is not used', () => {
  symlinkSync(archive, path(basename(archive)));
  writeFileSync(cachedRuntime('linux-x64', folder.path), 'half of it');
  const runtime = readFileSync(runtimeFor('linux-x64', folder.path));
  expect(runtime.subarray(0, 4).toString('latin1')).toBe('\x7fELF');
  expect(runtime.length).toBeGreaterThan(50_000_000);
});

it('a commit is named only where nothing was changed', () => {
  const git = (...words: string[]): void => {
    execFileSync('git', ['-c', 'user.name=t', '-c', 'user.email=t@example.nl', ...words], { cwd: folder.path });
  };
  git('init', '-q');
  expect(commitOf(folder.path)).toBeUndefined();
  git('add', '.');
  git('commit', '-qm', 'all');
  expect(commitOf(folder.path)).toMatch(/^[0-9a-f]{40}$/);
  appendFileSync(path('LICENSES.txt'), ' ');
  expect(commitOf(folder.path)).toBeUndefined();
});

const hasTools = ['dh', 'rpmbuild', 'openssl'].every((name) => tool(name) !== undefined);

it.skipIf(!hasTools || process.arch !== 'x64')(
  'packages are checked by the same commands, and a changed one is refused',
  () => {
    const output = path('packages');
    const key = path('release.pem');
    writeFileSync(key, keyOf('ed25519'));
    writeFileSync(path('waarborg.cdx.json'), '{}');
    const made = ['--executable', path('waarborg-1.2.3-linux-x64'), '--key', key, '--output', output];
    execFileSync(process.execPath, [join(root, 'deploy/packages/main.ts'), ...made], { stdio: 'pipe' });
    expect(checkAsDocumented(output)).toBe(0);
    for (const kind of ['.deb', '.rpm']) {
      const one = join(output, readdirSync(output).find((name) => name.endsWith(kind)) ?? '');
      const sound = readFileSync(one);
      appendFileSync(one, ' ');
      expect(checkAsDocumented(output), kind).not.toBe(0);
      writeFileSync(one, sound);
    }
    expect(checkAsDocumented(output)).toBe(0);
  },
  90_000,
);

it('the bill of materials names every package of the program, and is the same each time', () => {
  const bill = billOfMaterials(at);
  expect(billOfMaterials(at)).toBe(bill);
  const { components, metadata } = z
    .object({
      metadata: z.object({ component: z.object({ name: z.string() }) }),
      components: z.array(z.object({ name: z.string() })),
    })
    .parse(JSON.parse(bill));
  const names = components.map(({ name }) => name);
  expect(metadata.component.name).toBe('waarborg');
  expect(names).toEqual(expect.arrayContaining(Object.keys(manifest.dependencies)));
  expect(names).not.toContain('vitest');
}, 60_000);
