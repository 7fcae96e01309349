import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { bundle } from '../../deploy/build.ts';
import { checkKinds } from '../../policies/checks/index.ts';
import { startScript, type Ended } from '../support/process.ts';
import { root } from '../support/sources.ts';
import { temporaryFolder } from '../support/tools.ts';

const Coverage = z.object({
  result: z.array(
    z.object({
      functions: z.array(z.object({ functionName: z.string(), ranges: z.array(z.object({ count: z.number() })) })),
    }),
  ),
});

describe('the bundled program', () => {
  const folder = temporaryFolder();
  const start = (...args: string[]): Promise<Ended> =>
    startScript(join(folder.path, 'waarborg.js'), args, { cwd: folder.path }).ended;

  beforeAll(() => bundle(folder.path));
  afterAll(() => folder[Symbol.dispose]());

  test('has every policy document', async () => {
    const shipped = readdirSync(join(root, 'policies')).filter((name) => name.endsWith('.yaml'));
    const { stdout, code } = await start('policy', 'list');
    expect(code).toBe(0);
    for (const name of shipped) expect(stdout).toContain(name.replace('.yaml', ''));
  });

  test('checks this host, keeps the evidence, exports and verifies it', async () => {
    const data = join(folder.path, 'data');
    const up = await start('up', '--once', '--data', data, '--port', '0');
    expect(up).toMatchObject({ code: 0, stderr: '' });
    expect(await start('export', join(folder.path, 'evidence'), '--data', data)).toMatchObject({ code: 0 });
    const verified = await start('verify', join(folder.path, 'evidence'));
    expect(verified, verified.stdout).toMatchObject({ code: 0 });
    for (const [format, begin] of [
      ['pdf', '%PDF-1.7'],
      ['html', '<!doctype html>'],
    ] as const) {
      const output = join(folder.path, `report.${format}`);
      const made = await start(
        'report',
        '--bundle',
        join(folder.path, 'evidence'),
        '--format',
        format,
        '--output',
        output,
      );
      expect(made).toMatchObject({ code: 0, stderr: '' });
      expect(readFileSync(output, 'latin1').slice(0, begin.length)).toBe(begin);
    }
  }, 60_000);

  test('looks at an endpoint, in modules that have names of their own for much', async () => {
    const { stdout, stderr } = await start('tls', '127.0.0.1:1');
    expect(stderr).toBe('');
    expect(stdout).toContain('nothing listens there');
  });

  test('compiles nothing that it compiled before', async () => {
    await start('--help');
    const compiled = (): string[] => readdirSync(join(folder.path, '.cache'), { recursive: true }).map(String);
    const before = compiled();
    expect(before.length).toBeGreaterThan(0);
    await start('--help');
    expect(compiled().toSorted()).toEqual(before.toSorted());
  });

  /** Our modules and the packages that began in a run: V8 counts how often each was called. */
  async function begunBy(...args: string[]): Promise<string[]> {
    using counted = temporaryFolder();
    const env = { NODE_V8_COVERAGE: counted.path };
    const { code } = await startScript(join(folder.path, 'waarborg.js'), args, { cwd: folder.path, env }).ended;
    expect(code).toBe(0);
    const files = readdirSync(counted.path).map((name) => readFileSync(join(counted.path, name), 'utf8'));
    const functions = files.flatMap((text) =>
      Coverage.parse(JSON.parse(text)).result.flatMap((script) => script.functions),
    );
    const called = functions.filter(({ ranges }) => ranges[0] !== undefined && ranges[0].count > 0);
    return called.flatMap(({ functionName }) => /^(?:waarborg|package):(.*)$/.exec(functionName)?.[1] ?? []);
  }

  test.each(['up', 'check', 'agent', 'collector', 'doctor', 'export', 'report', 'verify'])(
    'begins neither checks nor pages to tell of %s',
    async (name) => {
      const begun = await begunBy(name, '--help');
      expect(begun).toContain(`commands/${name}.ts`);
      expect(begun).not.toContain('express');
      const rooms = /^(?:policies\/checks|agent\/collect|agent\/tls|collector\/(?:web|state|metrics))\//;
      expect(begun.filter((module) => rooms.test(module))).toEqual([]);
    },
  );

  test('begins no check to list the documents that come with it, and every one to write what they may hold', async () => {
    const checks = (begun: readonly string[]): string[] => begun.filter((name) => name.startsWith('policies/checks/'));
    expect(checks(await begunBy('policy', 'list'))).toEqual([]);
    expect(checks(await begunBy('policy', 'schema'))).toEqual(
      expect.arrayContaining(checkKinds.map(({ name }) => `policies/checks/${name}.ts`)),
    );
  });

  test('asks for no file of the sources', () => {
    const files = readdirSync(folder.path).filter((name) => name.endsWith('.js'));
    expect(files.length).toBeGreaterThan(5);
    // With its rooms: the checkout's folder alone may be called something that other text holds too.
    const rooms = ['policies', 'evidence', 'agent', 'collector', 'commands', 'node_modules'].map((room) =>
      join(root, room),
    );
    for (const name of files) {
      const text = readFileSync(join(folder.path, name), 'utf8');
      expect(
        rooms.filter((room) => text.includes(room)),
        name,
      ).toEqual([]);
    }
    expect(statSync(join(folder.path, 'waarborg.js')).mode & 0o111).not.toBe(0);
  });
});
