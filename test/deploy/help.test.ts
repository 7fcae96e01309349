import { execFileSync, spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { commandLines, type CommandLine } from '../../deploy/packages/command-lines.ts';
import { writeHelp } from '../../deploy/packages/staged.ts';
import { subcommands } from '../../waarborg.ts';
import { temporaryFolder, tool } from '../support/tools.ts';

const folder = temporaryFolder();
let commands: CommandLine[] = [];

beforeAll(async () => {
  commands = await commandLines();
  await writeHelp(folder.path, { version: '1.2.3', at: new Date('2026-11-22T00:00:00Z') });
});
afterAll(() => folder[Symbol.dispose]());

const page = (name: string): string => join(folder.path, 'man', `${name}.1`);
const completion = (name: string): string => join(folder.path, 'completions', name);

test('every subcommand has a manual page, with all of its options and what its help says last', () => {
  const names = readdirSync(join(folder.path, 'man')).sort();
  expect(names).toEqual(['waarborg.1', ...Object.keys(subcommands).map((name) => `waarborg-${name}.1`)].sort());
  for (const command of commands) {
    const text = readFileSync(page(`waarborg-${command.name}`), 'utf8').replaceAll('\\-', '-');
    for (const { flags } of [command, ...command.commands].flatMap(({ options }) => options))
      expect(text).toContain(flags);
    expect(command.notes, command.name).toContain('Example');
    expect(text).toContain(command.notes.split('\n').at(-1)?.trim());
  }
});

test.skipIf(tool('man') === undefined || tool('groff') === undefined)('the manual pages are sound to man(1)', () => {
  for (const name of ['waarborg', ...commands.map((command) => `waarborg-${command.name}`)]) {
    const { stderr, stdout } = spawnSync('man', ['--warnings=w', '--local-file', page(name)], {
      encoding: 'utf8',
      env: { PATH: '/usr/bin:/bin', MANWIDTH: '80', LC_ALL: 'C.UTF-8' },
    });
    expect(stderr, name).toBe('');
    expect(stdout).toContain('SEE ALSO');
  }
});

describe('the completion of bash', () => {
  const offer = (...words: string[]): string[] => {
    const script = `. "$0"; COMP_WORDS=(waarborg "$@"); COMP_CWORD=$#; _waarborg; printf '%s\\n' "\${COMPREPLY[@]}"`;
    return execFileSync('bash', ['-c', script, completion('waarborg'), ...words], { encoding: 'utf8' }).split('\n');
  };

  test('offers subcommands, options, and the values of an option that takes but a few', () => {
    expect(offer('col')).toEqual(['collector', '']);
    expect(offer('check', '--for')).toEqual(['--format', '']);
    expect(offer('check', '--format', '')).toEqual(expect.arrayContaining(['table', 'junit']));
    expect(offer('check', '--format', 'js')).toEqual(['json', '']);
  });

  test('offers the commands of a subcommand, and then their own options', () => {
    expect(offer('policy', 'co')).toEqual(['coverage', '']);
    expect(offer('policy', 'coverage', '--')).toEqual(expect.arrayContaining(['--lang', '--format']));
    expect(offer('token', 'create', '--conf')).toEqual(['--config', '']);
  });

  test('offers files where one is asked for', () => {
    expect(offer('agent', '--config', '/etc/os-rel')).toEqual(['/etc/os-release', '']);
  });
});

test.skipIf(tool('zsh') === undefined)('the completion of zsh is sound to it', () => {
  expect(spawnSync('zsh', ['-n', completion('_waarborg')], { encoding: 'utf8' })).toMatchObject({
    status: 0,
    stderr: '',
  });
});

test.skipIf(tool('fish') === undefined)('the completion of fish offers subcommands and options', () => {
  const offer = (line: string): string =>
    execFileSync(
      'fish',
      ['--no-config', '-c', `source $argv[1]; complete -C $argv[2]`, completion('waarborg.fish'), line],
      {
        encoding: 'utf8',
      },
    );
  expect(offer('waarborg coll')).toMatch(/^collector\t/m);
  expect(offer('waarborg check --form')).toMatch(/^--format/m);
  expect(offer('waarborg policy cov')).toMatch(/^coverage\t/m);
});
