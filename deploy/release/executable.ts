import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join, resolve } from 'node:path';
import { build, transform, type BuildOptions, type Metafile } from 'esbuild';
import { compilePolicies, programOptions, shippedPaths } from '../build.ts';
import { wrapper } from './loader.ts';
import { moduleAsset } from './start.ts';

const root = resolve(import.meta.dirname, '../..');

export interface ExecutableOrder {
  /** The Node.js that goes into it, for the platform that it is to run on: of the very version that runs this. */
  readonly runtime: string;
  /**
   * Whether code that is compiled here goes into it: for the platform that this runs on only. Without it a start takes
   * longer and does the same.
   */
  readonly hasCompiledCode: boolean;
  readonly output: string;
}

/**
 * Makes one executable that holds Node.js, the program and all that it reads, and writes nothing when it starts. The same
 * sources and the same Node.js give the same bytes.
 */
export async function makeExecutable({ runtime, hasCompiledCode, output }: ExecutableOrder): Promise<Metafile> {
  const folder = mkdtempSync(join(tmpdir(), 'waarborg-executable-'));
  try {
    const { names, metafile } = await writeModules(folder);
    writeShipped(folder);
    if (hasCompiledCode) await compileModules(names, folder);
    await writeStart(folder);
    mkdirSync(dirname(resolve(output)), { recursive: true });
    // Relative paths, because the executable keeps that of its beginning.
    const config = {
      main: 'start.js',
      mainFormat: 'module',
      executable: resolve(runtime),
      output: resolve(output),
      disableExperimentalSEAWarning: true,
      assets: Object.fromEntries(assetPaths(folder).map((path) => [path, path])),
    };
    writeFileSync(join(folder, 'sea.json'), JSON.stringify(config));
    runNode(['--build-sea', 'sea.json'], folder);
    return metafile;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** Writes the program's modules in the form that `start.ts` loads. */
async function writeModules(folder: string): Promise<{ names: string[]; metafile: Metafile }> {
  const { outputFiles, metafile } = await build({
    ...programOptions,
    outdir: folder,
    minifyWhitespace: true,
    legalComments: 'none',
    metafile: true,
    write: false,
  });
  mkdirSync(join(folder, moduleAsset('.')), { recursive: true });
  for (const { path, text } of outputFiles) {
    const { code } = await transform(text, {
      format: 'cjs',
      platform: 'node',
      target: programOptions.target,
      minifyWhitespace: true,
      supported: { 'dynamic-import': false },
      // No module lies in a folder: what is read goes through policies/shipped.ts, from the folder where it is compiled.
      define: { 'import.meta.dirname': '"."', 'import.meta.url': '"file:///waarborg"' },
      logLevel: 'error',
    });
    writeFileSync(join(folder, moduleAsset(basename(path))), wrapper.join(code));
  }
  return { names: outputFiles.map(({ path }) => basename(path)).sort(), metafile };
}

/** In both modes that it is run in. Without machine code Node.js cannot read TypeScript: the script is bundled before. */
async function compileModules(names: readonly string[], folder: string): Promise<void> {
  const script = join(folder, '..', `${basename(folder)}-compile.mjs`);
  try {
    await build({ ...scriptOptions, entryPoints: [join(import.meta.dirname, 'compile.ts')], outfile: script });
    for (const mode of [[], ['--jitless']]) {
      runNode([...mode, '--no-flush-bytecode', '--hash-seed=1', script, ...names], folder);
    }
  } finally {
    rmSync(script, { force: true });
  }
}

const scriptOptions = {
  bundle: true,
  format: 'esm',
  platform: 'node',
  target: programOptions.target,
  logLevel: 'warning',
} as const satisfies BuildOptions;

async function writeStart(folder: string): Promise<void> {
  await build({
    stdin: {
      contents: "import { start } from './start.ts';\nawait start();\n",
      resolveDir: import.meta.dirname,
    },
    outfile: join(folder, 'start.js'),
    ...scriptOptions,
  });
}

function writeShipped(folder: string): void {
  for (const path of shippedPaths()) {
    mkdirSync(join(folder, dirname(path)), { recursive: true });
    writeFileSync(join(folder, path), readFileSync(join(root, path)));
  }
  compilePolicies(join(folder, 'policies'));
}

function assetPaths(folder: string): string[] {
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => join(parentPath, name).slice(folder.length + 1))
    .filter((path) => path !== 'start.js')
    .sort();
}

/** In an environment of its own: options of the process around it would change what V8 compiles. */
function runNode(args: readonly string[], cwd: string): void {
  execFileSync(process.execPath, args, { cwd, env: { PATH: process.env.PATH }, stdio: ['ignore', 'pipe', 'inherit'] });
}
