import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Command } from 'commander';
import { expect, test } from 'vitest';
import { placeIn, startIn } from '../support/client-certificates.ts';
import { runWaarborg } from '../support/process.ts';
import { temporaryFolder } from '../support/tools.ts';
import { subcommands } from '../../waarborg.ts';

test('a command asks a collector whose certificate is of an authority of one’s own, with --ca and not without', async () => {
  using folder = temporaryFolder();
  const place = placeIn(folder.path);
  await using collector = await startIn(place, 'off');
  const { secret } = collector.tokens.create({ role: 'operator', label: '', validity: 600 }, new Date());
  const list = (...more: string[]): ReturnType<typeof runWaarborg> =>
    runWaarborg(['notices', 'list', '--collector', collector.url, ...more], { env: { WAARBORG_TOKEN: secret } });
  expect(await list('--ca', place.ca)).toMatchObject({ code: 0, stderr: '' });
  const refused = await list();
  expect(refused.code).toBe(3);
  expect(refused.stderr).toMatch(/does not answer: .*certificate/);
  const other = join(folder.path, 'other.pem');
  writeFileSync(other, 'no certificate');
  expect(await list('--ca', other)).toMatchObject({
    code: 3,
    stderr: `waarborg: --ca ${other}: expected a PEM file with certificates\n`,
  });
});

test('every command that asks a collector in an operator’s name takes authorities', async () => {
  const commands = await Promise.all(Object.values(subcommands).map(async ([, load]) => (await load()).command()));
  const flagsOf = (command: Command): string[] => command.options.map(({ long }) => long ?? '');
  const asking = commands.flatMap(withNested).filter((command) => flagsOf(command).includes('--token-file'));
  expect(asking.length).toBeGreaterThan(10);
  expect(asking.filter((command) => !flagsOf(command).includes('--ca')).map((command) => command.name())).toEqual([]);
});

function withNested(command: Command): Command[] {
  return [command, ...command.commands.flatMap(withNested)];
}
