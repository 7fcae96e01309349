import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { defineCollector, type CollectContext, type Collector } from '../../agent/collect/collector.ts';
import { passwordAgeCollector } from '../../agent/collect/password-age.ts';
import { RecordedHost } from '../../agent/host/recorded.ts';
import { RunLedger } from '../../agent/ledger.ts';
import { describeOs, runChecks, type RunInput } from '../../agent/run.ts';
import { maximumPartSize } from '../../evidence/exchange.ts';
import { parsePolicy } from '../../policies/load.ts';
import { read, unreadable } from '../../policies/reading.ts';
import { passwordFiles, quickPolicy, quickPolicyText } from '../support/road.ts';

const at = new Date('2026-03-01T12:00:00Z');

/** Two controls: one of the kind under test, and one of password-age, which must go on. */
const policy = parsePolicy(
  `${quickPolicyText}${quickPolicyText
    .slice(quickPolicyText.indexOf('  - id'))
    .replace('Q-password', 'Q-updates')
    .replace(/check: password-age\n.*\n/, 'check: updates\n')}`,
  'test',
);

/** A collector of `updates` that does as told. */
function collector(collect: (context: CollectContext) => Promise<unknown>): Collector {
  return defineCollector({ kind: 'updates', settings: z.object({}), parameters: z.unknown(), collect });
}

function run(collect: (context: CollectContext) => Promise<unknown>, choices: Partial<RunInput> = {}) {
  return runChecks({
    host: new RecordedHost({ files: passwordFiles(at) }),
    at,
    ledger: new RunLedger(at),
    pseudonym: (account) => account,
    mark: (secret) => secret,
    policies: [policy],
    labels: {},
    settings: {},
    limits: { check: 5, run: 5 },
    collectors: [passwordAgeCollector, collector(collect)],
    ...choices,
  });
}

async function outcome(...input: Parameters<typeof run>) {
  const { observations } = await run(...input);
  return observations.map(({ control, verdict, reasons: [first] }) => [control, verdict, first?.code]);
}

const others = ['Q-password', 'pass', 'password-age.recent'];

describe('a check that', () => {
  const ways: Record<string, [code: string, collect: (context: CollectContext) => Promise<unknown>]> = {
    throws: ['host.internal', () => Promise.reject(new Error('broken'))],
    'throws at once': [
      'host.internal',
      () => {
        throw new TypeError('broken');
      },
    ],
    'throws what is no error': [
      'host.internal',
      () => new Promise((_, reject) => queueMicrotask(reject as () => void)),
    ],
    'never ends and does not heed its signal': ['host.timeout', () => new Promise(() => undefined)],
    'ends too late': ['host.timeout', () => sleep(800)],
    'gives facts of another form': ['host.internal', () => Promise.resolve({ waiting: 'none' })],
    'gives nothing': ['host.internal', () => Promise.resolve(undefined)],
  };
  test.each(Object.entries(ways))('%s is unknown, and the others run on', async (_, [code, collect]) => {
    const limits = { check: 0.2, run: 5 };
    expect(await outcome(collect, { limits })).toEqual([others, ['Q-updates', 'unknown', code]]);
  });

  test('heeds its signal may say itself what it could not read', async () => {
    const collect = async ({ signal }: CollectContext) => {
      await sleep(5000, undefined, { signal }).catch(() => undefined);
      throw new Error('cut short');
    };
    expect(await outcome(collect, { limits: { check: 0.1, run: 5 } })).toContainEqual([
      'Q-updates',
      'unknown',
      'host.timeout',
    ]);
  });
});

test('a run that takes too long ends, with unknown for what had not been read', async () => {
  const begun = performance.now();
  const never = () => new Promise(() => undefined);
  const limits = { check: 60, run: 0.2 };
  expect(await outcome(never, { limits })).toEqual([others, ['Q-updates', 'unknown', 'host.timeout']]);
  // And not with the minute that each check may take.
  expect(performance.now() - begun).toBeLessThan(30_000);
});

test('a run that is stopped, even before it began, has nothing that passes by mistake', async () => {
  const never = () => new Promise(() => undefined);
  const found = await outcome(never, { stop: AbortSignal.abort() });
  expect(found).toEqual([
    ['Q-password', 'unknown', 'host.timeout'],
    ['Q-updates', 'unknown', 'host.timeout'],
  ]);
});

test('a kind without a collector is unknown', async () => {
  expect(await outcome(() => Promise.reject(new Error()), { collectors: [passwordAgeCollector] })).toEqual([
    others,
    ['Q-updates', 'unknown', 'host.unsupported'],
  ]);
});

test.each([
  ['too long', 'x'.repeat(maximumPartSize)],
  ['too long to be sent', randomBytes(3 * 2 ** 20).toString('base64')],
])('facts that are %s are unknown, not a report that is never taken', async (_, waiting) => {
  expect(await outcome(() => Promise.resolve({ waiting }))).toEqual([
    others,
    ['Q-updates', 'unknown', 'host.too-large'],
  ]);
});

test('a kind is collected once for all its controls, and only where a control holds for the host', async () => {
  let collected = 0;
  const count = () => Promise.reject(new Error(`${++collected}`));
  await run(count, { policies: [policy, quickPolicy] });
  expect(collected).toBe(1);
  await run(count, { policies: [quickPolicy] });
  expect(collected).toBe(1);
});

test('an unchanged host gives the same facts to the byte', async () => {
  const [one, two] = [await run(() => Promise.reject(new Error('x'))), await run(() => Promise.reject(new Error('x')))];
  expect([...one.facts]).toEqual([...two.facts]);
});

test.each([
  ['PRETTY_NAME="Debian GNU/Linux 12 (bookworm)"\nNAME=x\n', 'Debian GNU/Linux 12 (bookworm)'],
  [`PRETTY_NAME="${'x'.repeat(500)}"\n`, 'x'.repeat(200)],
])('the operating system is named as people do', (text, expected) => {
  expect(describeOs(read(text))).toBe(expected);
});

test('without os-release the kernel’s name serves', () => {
  expect(describeOs(unreadable('missing', '/etc/os-release'))).toMatch(/^Linux \d/);
});
