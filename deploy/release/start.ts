/**
 * Where the single executable begins. The program's modules lie within it as assets and are loaded when they are used, each
 * with the code that V8 made of it beforehand: a start reads and compiles next to nothing.
 */
import { getRawAsset } from 'node:sea';
import { Script } from 'node:vm';

type Require = (id: string) => unknown;
type ModuleCode = (module: { exports: unknown }, exports: unknown, require: Require) => void;

/** How a module's text is wrapped before it is compiled; `executable.ts` stores it so. */
export const wrapper = ['(function (module, exports, require) {', '\n})'] as const;

/** Whether V8 makes no machine code (`--jitless`), as the agent's units have it. Then there is no WebAssembly either. */
const isInterpreting = !('WebAssembly' in globalThis);

/** Under which names the executable holds a module and what was compiled of it: V8 takes only what it made in the same mode. */
export const moduleAsset = (name: string): string => `modules/${name}`;
export const codeAsset = (name: string): string => `${isInterpreting ? 'interpreted' : 'code'}/${name}`;

const loaded = new Map<string, { exports: unknown }>();

function load(id: string): unknown {
  if (!id.startsWith('./')) return builtin(id);
  const name = id.slice(2);
  const before = loaded.get(name);
  if (before !== undefined) return before.exports;
  const module = { exports: {} };
  loaded.set(name, module);
  const source = asset(moduleAsset(name))?.toString('utf8');
  if (source === undefined) throw notFound(id);
  const cachedData = asset(codeAsset(name));
  const script = new Script(source, { filename: `waarborg:${name}`, ...(cachedData && { cachedData }) });
  (script.runInThisContext() as ModuleCode)(module, module.exports, load);
  return module.exports;
}

function builtin(id: string): unknown {
  const module = process.getBuiltinModule(id) as unknown;
  if (module === undefined) throw notFound(id);
  return module;
}

/** As Node.js says it: packages that only try to load something look for this code. */
function notFound(id: string): Error {
  return Object.assign(new Error(`the executable holds no module ${id}`), { code: 'MODULE_NOT_FOUND' });
}

function asset(key: string): Buffer | undefined {
  try {
    return Buffer.from(getRawAsset(key));
  } catch {
    return undefined;
  }
}

/** As Node.js ends where the top of a module waits for what never comes; in an executable it would end with 0. */
const exitUnsettled = 13;

/** Runs the program. Where nothing is left to wait for and its work is not done, that is no success. */
export async function start(): Promise<void> {
  const onIdle = (): void => {
    process.stderr.write('waarborg: ended before its work was done; please report this\n');
    process.exitCode = exitUnsettled;
  };
  const { main } = load('./main.js') as typeof import('../../waarborg.ts');
  process.once('beforeExit', onIdle);
  await main(process.argv.slice(2));
  process.off('beforeExit', onIdle);
}
