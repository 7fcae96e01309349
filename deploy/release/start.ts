/**
 * Where the single executable begins. The program's files lie within it as assets and are loaded when they are used, each
 * with the code that V8 made of it beforehand: a start reads and compiles next to nothing.
 */
import { getRawAsset } from 'node:sea';
import { Script } from 'node:vm';
import { makeLoader } from './loader.ts';

/** Whether V8 makes no machine code (`--jitless`), as the agent's units have it. Then there is no WebAssembly either. */
const isInterpreting = !('WebAssembly' in globalThis);

/** Under which names the executable holds a file and what was compiled of it: V8 takes only what it made in the same mode. */
export const moduleAsset = (name: string): string => `modules/${name}`;
export const codeAsset = (name: string): string => `${isInterpreting ? 'interpreted' : 'code'}/${name}`;

function scriptOf(name: string): Script | undefined {
  const source = asset(moduleAsset(name))?.toString('utf8');
  const cachedData = asset(codeAsset(name));
  return source === undefined
    ? undefined
    : new Script(source, { filename: `waarborg:${name}`, ...(cachedData && { cachedData }) });
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
  const load = makeLoader(scriptOf);
  const { main } = load('./main.js') as typeof import('../../waarborg.ts');
  process.once('beforeExit', onIdle);
  await main(process.argv.slice(2));
  process.off('beforeExit', onIdle);
}
