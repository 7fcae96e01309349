import { cpSync, globSync, mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import type { Platform } from '../release/runtime.ts';
import { commandLines, programVersion } from './command-lines.ts';
import { bashCompletion, fishCompletion, zshCompletion } from './completion.ts';
import { commandPage, overviewPage, type Edition } from './manual.ts';

/** The folder of the sources. */
export const root = resolve(import.meta.dirname, '../..');

export interface PackageOrder {
  /** What `npm run release` made for the platform; its bill of materials and licences lie beside it. */
  readonly executable: string;
  readonly platform: Platform;
  /** As Debian and RPM write versions: without a hyphen. */
  readonly version: string;
  readonly at: Date;
  /** 0 to 9: how hard is compressed. */
  readonly level: number;
  readonly output: string;
}

/** Puts what packages of every kind hold into a folder. */
export async function stage(made: string, { executable, at }: Pick<PackageOrder, 'executable' | 'at'>): Promise<void> {
  cpSync(executable, join(made, 'waarborg'));
  for (const name of ['LICENSES.txt', 'waarborg.cdx.json']) cpSync(join(dirname(executable), name), join(made, name));
  cpSync(join(root, 'deploy/systemd'), join(made, 'systemd'), { recursive: true });
  cpSync(join(root, 'deploy/debian/etc'), join(made, 'etc'), { recursive: true });
  for (const example of globSync('*.example.yaml', { cwd: join(root, 'deploy') })) {
    cpSync(join(root, 'deploy', example), join(made, 'examples', example.replace('.example', '')));
  }
  await writeHelp(made, { version: programVersion, at });
}

/** Manual pages and completions, made of the help of the program's commands. */
export async function writeHelp(folder: string, edition: Edition): Promise<void> {
  const commands = await commandLines();
  for (const name of ['man', 'completions']) mkdirSync(join(folder, name), { recursive: true });
  writeFileSync(join(folder, 'man/waarborg.1'), `${overviewPage(commands, edition)}\n`);
  for (const command of commands) {
    writeFileSync(join(folder, `man/waarborg-${command.name}.1`), `${commandPage(command, edition)}\n`);
  }
  writeFileSync(join(folder, 'completions/waarborg'), bashCompletion(commands));
  writeFileSync(join(folder, 'completions/_waarborg'), zshCompletion(commands));
  writeFileSync(join(folder, 'completions/waarborg.fish'), fishCompletion(commands));
}
