import { kinds, type Kind, type PamFacts, type Sample } from '../../../policies/checks/password-policy/facts.ts';
import type { Parameters } from '../../../policies/checks/password-policy/parameters.ts';
import { read } from '../../../policies/reading.ts';
import type { CollectContext } from '../collector.ts';

/** What samples are made of. They are in this file for everybody to read, and nobody's passwords. */
const letters: Readonly<Record<Kind, string>> = {
  lower: 'qzvkxwjhfbgpm',
  upper: 'XKQWZJVHGBFPM',
  digit: '7294618305',
  other: '#%&+!?;:@/',
};

/** Long enough for whatever a policy asks, and short enough for every hash. */
const longest = 64;
const maximumSamples = 12;

/**
 * Asks pwscore(1) about samples around what controls ask for: one that should do, one a character too short, and one
 * without each kind. It reads the settings of libpwquality, writes nothing, and knows no account.
 */
export async function trySamples(context: CollectContext, wanted: readonly Parameters[]): Promise<PamFacts['samples']> {
  const asked = wanted.filter(({ scope }) => scope.includes('system'));
  const lengths = [...new Set(asked.flatMap(({ minimumLength }) => minimumLength ?? []))].sort((a, b) => a - b);
  const needed = kinds.filter((kind) =>
    asked.some(({ classes, kinds: named = [] }) => classes !== undefined || named.includes(kind)),
  );
  const longestAsked = Math.min(longest, Math.max(24, ...lengths));
  const designs = [
    { length: longestAsked, kinds },
    ...lengths.filter((length) => length > 1 && length <= longest).map((length) => ({ length: length - 1, kinds })),
    ...needed.map((left) => ({ length: longestAsked, kinds: kinds.filter((kind) => kind !== left) })),
  ].filter(({ length, kinds: used }) => length >= used.length);
  const samples: Sample[] = [];
  for (const { length, kinds: used } of designs.slice(0, maximumSamples)) {
    const result = await context.host.run(
      { file: 'pwscore', args: [], input: `${sampleOf(length, used)}\n` },
      context.signal,
    );
    if (result.state === 'unreadable') return result;
    samples.push({ length, kinds: [...used], accepted: result.value.exitCode === 0 });
  }
  return read(samples);
}

/** The kinds in turn, and of each another character every time. */
export function sampleOf(length: number, used: readonly Kind[]): string {
  return Array.from({ length }, (_, index) => {
    const from = letters[used[index % used.length] ?? 'lower'];
    return from[(Math.floor(index / used.length) * 3) % from.length] ?? '';
  }).join('');
}
