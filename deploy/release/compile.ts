/**
 * Keeps beside each module what V8 compiles of it. A process of its own, because what V8 makes depends on its options and on
 * what it compiled before; and with a seed of its own, because what is kept holds hashes of names, and no two builds would
 * be the same with a seed that is drawn at random.
 *
 *     node [--jitless] --hash-seed=1 compile.mjs NAME...        bundled, in the folder of the modules
 */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { setFlagsFromString } from 'node:v8';
import { Script } from 'node:vm';
import { codeAsset, moduleAsset } from './start.ts';

// The seed is drawn once, at the start. As an option it must not stand in what is kept: V8 takes nothing that was made
// under other options than its own.
setFlagsFromString('--hash-seed=0');
mkdirSync(codeAsset('.'), { recursive: true });
for (const name of process.argv.slice(2)) {
  const script = new Script(readFileSync(moduleAsset(name), 'utf8'), { filename: `waarborg:${name}` });
  writeFileSync(codeAsset(name), script.createCachedData());
}
