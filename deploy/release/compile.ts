/**
 * Keeps beside each file of the program what V8 compiles of it at a start: the file itself, and the modules that begin with
 * the commands. A process of its own, because what V8 makes depends on its options and on what it compiled before; with a
 * seed of its own, because what is kept holds hashes of names, and no two builds would be the same with a seed that is drawn
 * at random; and without forgetting what was compiled, which it does when it finds the time.
 *
 *     node [--jitless] --no-flush-bytecode --hash-seed=1 compile.mjs NAME...      bundled, in the folder of the files
 */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { setFlagsFromString } from 'node:v8';
import { Script } from 'node:vm';
import { makeLoader } from './loader.ts';
import { codeAsset, moduleAsset } from './start.ts';

const scripts = new Map<string, Script>();
const load = makeLoader((name) => {
  const script = new Script(readFileSync(moduleAsset(name), 'utf8'), { filename: `waarborg:${name}` });
  scripts.set(name, script);
  return script;
});
for (const name of process.argv.slice(2)) load(`./${name}`);
// As options they must not stand in what is kept: V8 takes nothing that was made under other options than its own. The seed
// was drawn once, at the start.
setFlagsFromString('--hash-seed=0');
setFlagsFromString('--flush-bytecode');
mkdirSync(codeAsset('.'), { recursive: true });
for (const [name, script] of scripts) writeFileSync(codeAsset(name), script.createCachedData());
