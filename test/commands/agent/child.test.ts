import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startScript } from '../../support/process.ts';
import { root } from '../../support/sources.ts';
import { temporaryFolder } from '../../support/tools.ts';

/** A program that starts itself, as the agent does. Its child does as it is told. */
const program = `
import { readdirSync } from 'node:fs';
import { setTimeout as wait } from 'node:timers/promises';
import { runChild } from '${join(root, 'commands/agent/child.ts')}';
const patience = { each: 0.5, looks: 6 };
const never = new AbortController().signal;
const descriptors = () => readdirSync('/proc/self/fd').length;
const children = {
  answers: () => process.send({ standing: 'done' }, () => process.disconnect()),
  hangs: () => process.send({ alive: true }, () => { for (;;); }),
  'says nothing': () => setInterval(() => undefined, 1000),
  'takes long': () => {
    const signs = setInterval(() => process.send({ alive: true }), 50);
    setTimeout(() => { clearInterval(signs); children.answers(); }, 4000);
  },
  'prints anything': () => { console.log('{"standing":'); process.send('anything', () => process.send(null, () => process.disconnect())); },
};
const [, , word, kind] = process.argv;
if (word === 'parent') {
  const words = kind === 'too many words' ? Array(40).fill('x'.repeat(100_000)) : [kind];
  process.stdout.write(JSON.stringify(await runChild(words, never, { patience })));
} else if (word === 'parent of many') {
  await runChild(['answers'], never, { patience });
  const before = descriptors();
  for (let run = 0; run < 20; run += 1) await runChild(['answers'], never, { patience });
  await wait(100);
  process.stdout.write(JSON.stringify([descriptors() - before, process.getActiveResourcesInfo().filter((kind) => kind !== 'PipeWrap')]));
} else children[word]();
`;

const folder = temporaryFolder();
const script = join(folder.path, 'program.mjs');
beforeAll(() => writeFileSync(script, program));
afterAll(() => folder[Symbol.dispose]());

test.each([
  ['answers', '{"answer":{"standing":"done"},"how":0}'],
  ['hangs', '{"how":"SIGKILL"}'],
  ['says nothing', '{"how":"SIGKILL"}'],
  ['takes long', '{"answer":{"standing":"done"},"how":0}'],
  ['prints anything', '{"standing":\n{"answer":null,"how":0}'],
])('a child that %s comes to an end, and what it answered is told', async (kind, told) => {
  const ended = await startScript(script, ['parent', kind]).ended;
  expect(ended).toEqual({ code: 0, stdout: told, stderr: '' });
});

test('a child that the system refuses to start has ended, and its parent has not', async () => {
  const { code, stdout } = await startScript(script, ['parent', 'too many words']).ended;
  expect([code, stdout]).toEqual([0, '{"how":"spawn E2BIG"}']);
});

test('a parent keeps nothing open of the children that it had', async () => {
  const { stdout } = await startScript(script, ['parent of many']).ended;
  expect(JSON.parse(stdout)).toEqual([0, []]);
});
