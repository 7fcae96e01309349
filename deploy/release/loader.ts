import type { Script } from 'node:vm';

type Require = (id: string) => unknown;
type ModuleCode = (module: { exports: unknown }, exports: unknown, require: Require) => void;

/** How a file's text is wrapped before it is compiled. */
export const wrapper = ['(function (module, exports, require) {', '\n})'] as const;

/**
 * Loads the files that the executable holds, and Node.js's own modules.
 * @param scriptOf the script of a file by its name, wrapped; undefined where there is none
 */
export function makeLoader(scriptOf: (name: string) => Script | undefined): Require {
  const loaded = new Map<string, { exports: unknown }>();
  return function load(id) {
    if (!id.startsWith('./')) return builtin(id);
    const name = id.slice(2);
    const before = loaded.get(name);
    if (before !== undefined) return before.exports;
    const module = { exports: {} };
    loaded.set(name, module);
    const script = scriptOf(name);
    if (script === undefined) throw notFound(id);
    (script.runInThisContext() as ModuleCode)(module, module.exports, load);
    return module.exports;
  };
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
