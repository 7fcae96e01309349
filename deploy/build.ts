/**
 * Bundles the program into few files of JavaScript, with the assets that it reads: it starts in a third of the time that
 * some hundreds of TypeScript files take. Subcommands stay apart and are loaded when they are used.
 *
 *     node deploy/build.ts [FOLDER]        dist/ unless said
 */
import { cpSync, globSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { build, type BuildOptions } from 'esbuild';
import { compiledFile, compiledText } from '../policies/compiled.ts';
import { loadPolicy } from '../policies/load.ts';
import { parseYaml } from '../policies/yaml.ts';
import { modulesBanner, modulesWhenUsed } from './modules.ts';

const root = resolve(import.meta.dirname, '..');

/** What the program reads beside its own code, and under which path from the root; with a font goes its licence. */
const shipped = [
  'policies/*.yaml',
  'collector/**/*.{css,svg,ttf,txt}',
  'deploy/systemd/**/*.{service,timer,conf}',
  'deploy/remote/*.sh',
  'package.json',
];

/** The paths, from the root of the sources, of all that the program reads beside its own code; sorted. */
export function shippedPaths(): string[] {
  return shipped.flatMap((pattern) => globSync(pattern, { cwd: root })).sort();
}

/** How the program is bundled, whatever becomes of the bundle. */
export const programOptions = {
  stdin: { contents: 'export { main } from "./waarborg.ts";', resolveDir: root },
  entryNames: 'main',
  absWorkingDir: root,
  bundle: true,
  splitting: true,
  format: 'esm',
  platform: 'node',
  target: 'node26',
  chunkNames: '[name]-[hash]',
  minifySyntax: true,
  // Native code that packages only try to load: without it they do the same in JavaScript.
  external: ['*.node'],
  // ssh2 names files beside its own code by it, for Windows: modules have no such name, and there are no such files here.
  define: { __dirname: '"/"' },
  plugins: [modulesWhenUsed],
  banner: { js: modulesBanner },
  logLevel: 'warning',
} as const satisfies BuildOptions;

/** The compile cache comes first, so that everything after it is read from there. */
const launcher = `#!/usr/bin/env node
import { enableCompileCache } from 'node:module';
import { join } from 'node:path';
import { argv } from 'node:process';
enableCompileCache(join(import.meta.dirname, '.cache'));
const { main } = await import('./main.js');
await main(argv.slice(2));
`;

/** Packages written in CommonJS ask for Node's own modules by require; some import its maker under its own name. */
const requireBanner =
  "import { createRequire as requireFrom } from 'node:module'; const require = requireFrom(import.meta.url);";

/** Writes the bundle into a folder, which it empties first. */
export async function bundle(folder: string): Promise<void> {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  await build({
    ...programOptions,
    outdir: folder,
    legalComments: 'linked',
    banner: {
      js: `${requireBanner}\n${modulesBanner}`,
    },
  });
  for (const path of shippedPaths()) cpSync(join(root, path), join(folder, path));
  compilePolicies(join(folder, 'policies'));
  writeFileSync(join(folder, 'waarborg.js'), launcher, { mode: 0o755 });
}

/** Writes beside each policy document of a folder what it says, so that a start need not read YAML. */
export function compilePolicies(folder: string): void {
  for (const file of globSync(join(folder, '*.yaml'))) {
    const { text, digest } = loadPolicy(file);
    writeFileSync(compiledFile(file), compiledText(digest, parseYaml(text, file).value));
  }
}

if (import.meta.main) await bundle(resolve(process.argv[2] ?? join(root, 'dist')));
