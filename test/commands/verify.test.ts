import { execFileSync } from 'node:child_process';
import { chmodSync, cpSync, mkdirSync, renameSync, rmSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { wholeScope, type Scope } from '../../evidence/scope.ts';
import { attacks } from '../support/attacks/index.ts';
import { longerLog, middle } from '../support/attacks/scope.ts';
import { cosign, otherWitness, witnessVkey } from '../support/attacks/witnesses.ts';
import { FixtureLog, twoHosts, writeBundle } from '../support/evidence.ts';
import { runWaarborg } from '../support/process.ts';
import { temporaryFolder, tool } from '../support/tools.ts';

const folder = temporaryFolder();
afterAll(() => folder[Symbol.dispose]());

let log: FixtureLog;
let names = 0;
beforeAll(async () => {
  chmodSync(folder.path, 0o755);
  ({ log } = await twoHosts());
});

function freshFolder(): string {
  const path = join(folder.path, `bundle-${names++}`);
  mkdirSync(path);
  return path;
}

/** A sound bundle in a folder of its own. */
function soundBundle(): string {
  const path = freshFolder();
  writeBundle(path, log.bundle());
  return path;
}

/** What a person reads, without the breaks of its lines. */
async function verify(path: string, ...options: string[]) {
  const { code, stdout, stderr } = await runWaarborg(['verify', path, ...options]);
  return { code, text: stdout.replace(/\s+/g, ' '), stdout, stderr };
}

const exitCodes = { sound: 0, tampered: 1, incomplete: 2, nothing: 2 } as const;
const headlines = {
  tampered: 'tampered: something in this bundle contradicts what was signed',
  incomplete: 'incomplete: something is missing or cannot be relied on',
  nothing: 'nothing to verify',
  sound: 'sound: everything in this bundle has been verified',
} as const;

describe.concurrent('every attack ends with its exit code and in words', () => {
  test.for(attacks)('$name', async ({ make, outcome, code, words, tool: needed }, { expect, skip }) => {
    skip(needed !== undefined && tool(needed) === undefined);
    const { bundle, options } = await make();
    const path = freshFolder();
    writeBundle(path, bundle);
    const since = `${path}-since`;
    if (options?.since !== undefined) writeFileSync(since, options.since);
    const authorities = (options?.authorities ?? []).map((pem, index) => {
      writeFileSync(`${path}-authority-${index}`, pem);
      return `--authority=${path}-authority-${index}`;
    });
    const {
      code: exitCode,
      text,
      stderr,
    } = await verify(
      path,
      ...(options?.logKey === undefined ? [] : ['--key', options.logKey]),
      ...(options?.since === undefined ? [] : ['--since', since]),
      ...authorities,
      ...(options?.witnesses ?? []).map((key) => `--witness=${key}`),
      ...(options?.quorum === undefined ? [] : ['--quorum', String(options.quorum)]),
    );
    expect(stderr).toBe('');
    expect(exitCode).toBe(exitCodes[outcome]);
    expect(text).toContain(headlines[outcome]);
    expect(text).toContain(`(${code})`);
    expect(text).toMatch(words);
  });
});

describe('a bundle with signatures of witnesses', () => {
  let path: string;
  beforeAll(async () => {
    const { log: anchored } = await twoHosts();
    cosign(anchored);
    cosign(anchored, { by: otherWitness });
    path = freshFolder();
    writeBundle(path, anchored.bundle());
  });

  test('says up to where each one vouches for it, and which were not verified', async () => {
    const { code, text } = await verify(path, '--witness', witnessVkey, '--quorum', '1');
    expect(code).toBe(0);
    expect(text).toContain(
      '9 of 11 entries are shown by the witness witness.example/w1 to have existed before 1 Nov 2026, 12:09 UTC.',
    );
    expect(text).toContain('The first 9 entries are vouched for by 1 or more of these witnesses.');
    expect(text).toContain(
      'Not verified, as its key was not given (--witness): 1 signature of the witness other.example/w2.',
    );
  });

  test.each([
    [['--witness', 'none'], /expected name\+key id/],
    [['--quorum', '1'], /--quorum 1: .*of which 0 were given/],
    [['--witness', witnessVkey, '--quorum', '2'], /--quorum 2: expected a number from 1/],
    [['--witness', witnessVkey, '--quorum', '0'], /--quorum 0: /],
    [['--witness', witnessVkey, '--quorum', 'many'], /--quorum many: /],
  ])('and %j ends with 3', async (words, message) => {
    const { code, stderr, stdout } = await verify(path, ...words);
    expect({ code, stdout }).toEqual({ code: 3, stdout: '' });
    expect(stderr).toMatch(message);
  });
});

describe('a sound bundle', () => {
  test('ends with 0 and says what it shows, and what it does not', async () => {
    const { code, stdout, text, stderr } = await verify(soundBundle());
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toMatch(/^✓ sound: everything in this bundle has been verified\n/);
    expect(text).toContain(`key ${log.vkey}`);
    expect(text).toContain('Proven, up to entry 8, received 1 Nov 2026, 12:08 UTC');
    expect(text).toContain('The key signed a log of exactly these entries, in this order.');
    expect(text).toContain('verdicts 19, each judged again from its facts: 6 fail, 4 unknown, 9 pass');
    expect(text).toContain('web1 (epoch 1): reports: 3, 1 Nov 2026, 12:02 UTC to 1 Nov 2026, 12:08 UTC');
    expect(text).toMatch(/strict version 3: reports: 4, SHA-256 [0-9a-f]{64}/);
    expect(text).toContain('The log key was taken from the bundle itself');
    expect(text).toContain('No earlier checkpoint was given (--since)');
    expect(text).toContain('Without a checkpoint held outside');
    expect(text).toContain('Sound evidence is not compliance');
  });

  test('says less of its limits with a key and an earlier checkpoint', async () => {
    const since = join(folder.path, 'earlier');
    writeFileSync(since, log.checkpoint(4));
    const { code, text } = await verify(soundBundle(), '--key', log.vkey, '--since', since);
    expect(code).toBe(0);
    expect(text).toContain('The log key is the one that was given.');
    expect(text).toContain('held against an earlier checkpoint of 4 entries');
    expect(text).not.toContain('--since');
    expect(text).toContain('Without a checkpoint held outside');
  });

  test('is told to programs as JSON', async () => {
    const { code, stdout } = await verify(soundBundle(), '--format', 'json');
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({
      v: 1,
      outcome: 'sound',
      findings: [],
      total: 0,
      keyFrom: 'bundle',
      comparedWith: null,
      log: { origin: log.origin, size: 9 },
      proven: { reports: 5 },
    });
  });

  test('stays sound as a copy', async () => {
    const copy = freshFolder();
    cpSync(soundBundle(), copy, { recursive: true });
    expect((await verify(copy)).code).toBe(0);
  });
});

describe('a bundle that shows a part', () => {
  async function verifyPart(scope: Partial<Scope>) {
    const path = freshFolder();
    const { log: longer } = await longerLog();
    writeBundle(path, longer.bundle({ ...wholeScope, ...scope }));
    return verify(path);
  }

  test('says what it shows, and what it cannot show', async () => {
    const { code, text } = await verifyPart({ ...middle, hosts: ['web1'], until: null, labels: { role: 'web' } });
    expect(code).toBe(0);
    expect(text).toContain(
      'This bundle shows a part of its log: the reports of web1 with role=web received from 1 Nov 2026, 12:06 UTC on. It has 8 of the 12 entries, and the hashes of all.',
    );
    expect(text).toContain('Proven, of what is shown up to entry 11 The key');
    expect(text).toContain('every entry that is shown here stands where it stands here');
    expect(text).toContain('web1 (epoch 1): reports: 4 (number 2 to 5)');
    expect(text).toContain('12:11 UTC; later ones may have been left out');
    expect(text).toContain("What it leaves out is its exporter's choice: that there are no other hosts");
    expect(text).toContain('Of one agent no report is shown that follows the last');
  });

  test('says which verdicts it cannot show', async () => {
    const { code, text } = await verifyPart({ policies: ['quick'] });
    expect(code).toBe(0);
    expect(text).toContain('shows every entry of its log. Of facts it shows only what the policy quick rests on.');
    expect(text).toContain(
      '25 more, of policies that are not shown: not judged again; left out: facts/updates of 7 reports',
    );
  });

  test('names hosts that were silent, and says nothing of ends that are known', async () => {
    const { code, text } = await verifyPart({ from: '2026-11-01T12:05:30Z', until: '2026-11-01T12:06:30Z' });
    expect(code).toBe(0);
    expect(text).toContain('silent database1: enrolled, and none of their reports is proven here');
    expect(text).not.toContain('left out:');
    expect(text).not.toContain('no report is shown that follows');
  });
});

test('an outcome that is not sound says what to take from it', async () => {
  const tampered = freshFolder();
  const bundle = log.bundle();
  bundle.set('more', Buffer.from('x'));
  writeBundle(tampered, bundle);
  expect((await verify(tampered)).text).toContain('Nothing in it is proven. Keep the bundle as it is');
  const incomplete = soundBundle();
  rmSync(join(incomplete, 'tile/entries'), { recursive: true });
  expect((await verify(incomplete)).text).toContain('Not all entries could be read, so nothing is listed as proven.');
});

describe('what a folder can hold besides files', () => {
  test('a link is not followed', async () => {
    const bundle = soundBundle();
    renameSync(join(bundle, 'salts'), `${bundle}-salts`);
    symlinkSync(`${bundle}-salts`, join(bundle, 'salts'));
    const { code, text } = await verify(bundle);
    expect(code).toBe(2);
    expect(text).toContain('salts: the file cannot be read (it is a link, and no file of its own)');
    expect(text).toContain('(file.unreadable)');
  });

  test('a linked folder is none of the bundle', async () => {
    const bundle = soundBundle();
    renameSync(join(bundle, 'parts'), `${bundle}-parts`);
    symlinkSync(`${bundle}-parts`, join(bundle, 'parts'));
    const { code, text } = await verify(bundle);
    expect(code).toBe(1);
    expect(text).toContain('parts: no entry of the log speaks of this file');
  });

  test('a pipe is not waited for', async () => {
    const bundle = soundBundle();
    rmSync(join(bundle, 'checkpoint'));
    execFileSync('mkfifo', [join(bundle, 'checkpoint'), join(bundle, 'more')]);
    const { code, text } = await verify(bundle);
    expect(code).toBe(2);
    expect(text).toContain('checkpoint: the file cannot be read (it is no regular file)');
  });

  test('a file of four gibibytes is not read', async () => {
    const bundle = soundBundle();
    truncateSync(join(bundle, 'tile/0/000.p/9'), 2 ** 32);
    const { code, text } = await verify(bundle);
    expect(code).toBe(1);
    expect(text).toContain('tile/0/000.p/9: the file is longer than 8192 bytes');
  });

  test('a folder that cannot be looked into, or lies too deep, is none of the bundle', async () => {
    const bundle = soundBundle();
    mkdirSync(join(bundle, Array(40).fill('deep').join('/')), { recursive: true });
    mkdirSync(join(bundle, 'closed'));
    chmodSync(join(bundle, 'closed'), 0);
    const { code, stdout } = await runWaarborg(['verify', bundle], { uid: 65_534 }).finally(() =>
      chmodSync(join(bundle, 'closed'), 0o700),
    );
    expect(code).toBe(1);
    expect(stdout).toContain('closed: no entry');
    expect(stdout.match(/file\.stray/g)).toHaveLength(2);
  });

  test('a name cannot write on the terminal', async () => {
    const bundle = soundBundle();
    writeFileSync(join(bundle, 'a\u001b[2J\nsound: b'), '');
    const { code, stdout } = await verify(bundle);
    expect(code).toBe(1);
    expect(stdout).not.toContain('\u001b');
    expect(stdout).not.toMatch(/^sound/m);
  });
});

describe('wrong words end with 3 and one line', () => {
  test.each([
    ['no folder', () => [], /missing required argument 'folder'/],
    ['a folder that is not there', () => [join(folder.path, 'none')], /none is not a folder; expected a bundle/],
    ['a file', () => [join(soundBundle(), 'checkpoint')], /checkpoint is not a folder/],
    ['a key that is none', () => [soundBundle(), '--key', 'none'], /expected name\+key id/],
    ['the key of a witness', () => [soundBundle(), '--key', 'witness.example.com/w1+745fb5e8+BIE5dw6ofRdfVqNUZsNMfszLjYqRtO43ol32D1uPybOU'], /is the key of a witness/], // prettier-ignore
    [
      'an earlier checkpoint that is not there',
      () => [soundBundle(), '--since', 'none'],
      /--since none: cannot be read/,
    ],
    ['an earlier checkpoint that is none', () => [soundBundle(), '--since', join(soundBundle(), 'salts')], /a malformed note/], // prettier-ignore
    ['an unknown form', () => [soundBundle(), '--format', 'xml'], /Allowed choices are table, json/],
  ])('%s', async (_, words, message) => {
    const { code, stdout, stderr } = await runWaarborg(['verify', ...words()]);
    expect({ code, stdout }).toEqual({ code: 3, stdout: '' });
    expect(stderr).toMatch(message);
    expect(stderr.trimEnd().split('\n')).toHaveLength(1);
  });
});
