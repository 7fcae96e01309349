import { readFile } from 'node:fs/promises';
import { dirname, join, relative, resolve } from 'node:path';
import { transform, type Plugin } from 'esbuild';

const root = resolve(import.meta.dirname, '..');

/** The namespace of our modules in a bundle. Their paths are those from the root of the sources. */
const ours = 'waarborg';

/** The namespace of packages as our modules import them. */
const packages = 'package';

/**
 * What stands at the top of each file of a bundle, by names that no source may use. `$lazily` stands in for a module until
 * something of it is used, which begins it; below `$bundleFolder` lie the files that the program reads, each under the path
 * that it has in the sources.
 */
export const modulesBanner = `function $lazily(begin) { return new Proxy({}, { get: (_, name) => begin()[name] }); }
const $bundleFolder = import.meta.dirname;`;

/**
 * Has each of our modules begin when something of it is used, rather than when another begins that may come to use it: a
 * command does not build the shapes of every check's facts to tell of its options. Our modules do nothing but define, and
 * form no circles, so that when they begin makes no difference but time and memory.
 */
export const modulesWhenUsed: Plugin = {
  name: 'modules-when-used',
  setup(bundling) {
    bundling.onResolve({ filter: /^\.{1,2}\/.*\.ts$/ }, ({ path, resolveDir }) => ({
      path: relative(root, join(resolveDir, path)),
      namespace: ours,
    }));
    // A package's exports are gathered once, not for each module that imports it.
    bundling.onResolve({ filter: /^[^.]/, namespace: ours }, ({ path, kind }) =>
      kind === 'require-call' && !path.startsWith('node:') ? { path, namespace: packages } : undefined,
    );
    bundling.onLoad({ filter: /./, namespace: packages }, ({ path }) => ({
      contents: `module.exports = require(${JSON.stringify(path)});`,
      resolveDir: root,
    }));
    // One that comes in two forms is taken in that which our sources import.
    bundling.onResolve({ filter: /./, namespace: packages }, ({ path, importer, resolveDir }) =>
      bundling.resolve(path, { kind: 'import-statement', importer, resolveDir }),
    );
    bundling.onLoad({ filter: /\.ts$/, namespace: ours }, async ({ path }) => {
      const source = withOwnFolder(await readFile(join(root, path), 'utf8'), path);
      const { code } = await transform(source, { loader: 'ts', format: 'cjs', platform: 'node', sourcefile: path });
      return { loader: 'js', resolveDir: join(root, dirname(path)), contents: exportsInOne(beginningLate(code)) };
    });
  },
};

function withOwnFolder(source: string, path: string): string {
  const folder = JSON.stringify(`/${dirname(path)}`);
  if (/\$(?:lazily|bundleFolder)\b/.test(source)) throw new Error(`${path} uses a name of bundles`);
  return source.replaceAll('import.meta.dirname', () => `($bundleFolder + ${folder})`);
}

/** After its first use the name stands for the module itself. What is imported otherwise begins with the module that does. */
function beginningLate(code: string): string {
  return code.replace(
    /^var (import_\w+) = ((?:__toESM\()?require\(.*\));$/gm,
    (_, name: string, required: string) => `var ${name} = $lazily(() => (${name} = ${required}));`,
  );
}

/** What is loaded at run time comes as one value, which holds all that the module exports. */
function exportsInOne(code: string): string {
  return code.replace(/import\(("\.[^"]*\.ts")\)/g, 'import($1).then((module) => module.default)');
}
