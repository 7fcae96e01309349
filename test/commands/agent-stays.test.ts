import { build } from 'esbuild';
import { expect, test } from 'vitest';
import { programOptions } from '../../deploy/build.ts';

/** The packages whose code is loaded with a module of the program, without what is loaded when it is used. */
async function packagesLoadedWith(module: string): Promise<string[]> {
  const { metafile } = await build({ ...programOptions, outdir: 'unused', metafile: true, write: false });
  const { outputs } = metafile;
  const loaded = new Set(Object.keys(outputs).filter((file) => module in (outputs[file]?.inputs ?? {})));
  for (const file of loaded) {
    for (const { path, kind, external } of outputs[file]?.imports ?? []) {
      if (kind === 'import-statement' && external !== true) loaded.add(path);
    }
  }
  const inputs = [...loaded].flatMap((file) => Object.keys(outputs[file]?.inputs ?? {}));
  return [...new Set(inputs.flatMap((input) => /^node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(input)?.[1] ?? []))].sort();
}

test('an agent that stays holds nothing between runs but what starts them, and the log', async () => {
  const log = ['@pinojs/redact', 'atomic-sleep', 'on-exit-leak-free', 'pino', 'pino-std-serializers'];
  const more = ['quick-format-unescaped', 'safe-stable-stringify', 'sonic-boom', 'thread-stream'];
  const own = ['commander', 'p-limit', 'yocto-queue'];
  expect(await packagesLoadedWith('waarborg:commands/agent/stay.ts')).toEqual([...log, ...more, ...own].sort());
});
