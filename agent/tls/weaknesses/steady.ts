import type { Doubt } from '../../../policies/checks/endpoints.ts';
import type { Heard, Reaction } from '../client12/index.ts';

/** Rounds in which a difference has to come out the same. */
const rounds = 3;

/**
 * What a server does with each of several variants of one question. Where it does the same with all, once is enough;
 * else every variant is asked for again, in turn, until the difference is sure or shows to be none.
 */
export async function steadyReactions<Variant extends string>(
  variants: readonly Variant[],
  ask: (variant: Variant) => Promise<Heard<Reaction>>,
): Promise<Heard<Record<Variant, Reaction>>> {
  const heard: Record<Variant, Reaction>[] = [];
  do {
    const round = new Map<Variant, Reaction>();
    // Every other round backwards: two machines that take turns then swap their questions.
    for (const variant of heard.length % 2 === 0 ? variants : variants.toReversed()) {
      const reaction = await ask(variant);
      if (reaction.heard === 'doubt') return reaction;
      round.set(variant, reaction.value);
    }
    heard.push(Object.fromEntries(round) as Record<Variant, Reaction>);
  } while (heard.length < rounds && !heard.every(isUniform));
  if (heard.flatMap((round) => variants.map((variant) => round[variant])).every((reaction) => reaction === 'open')) {
    return doubt({ what: 'silent' });
  }
  return agree(heard) ?? agree(heard.map(withoutEndings)) ?? doubt({ what: 'unsteady' });
}

function isUniform(round: Readonly<Record<string, Reaction>>): boolean {
  return new Set(Object.values(round)).size === 1;
}

function agree<Round extends Record<string, Reaction>>(heard: readonly Round[]): Heard<Round> | undefined {
  const [first] = heard;
  if (first === undefined) return undefined;
  const isSteady = heard.every((round) => Object.keys(first).every((variant) => round[variant] === first[variant]));
  return isSteady ? { heard: 'answer', value: first } : undefined;
}

/**
 * Whether an end arrives as a reset, or so soon after an alert that it is told of, is a matter of luck with servers that
 * leave bytes unread or are far away.
 */
function withoutEndings<Round extends Record<string, Reaction>>(round: Round): Round {
  const folded = Object.entries(round).map(([variant, reaction]) => [
    variant,
    reaction.replace(/^reset$/, 'end').replace(/, (end|reset|open)$/, ''),
  ]);
  return Object.fromEntries(folded) as Round;
}

function doubt(why: Doubt): { heard: 'doubt'; why: Doubt } {
  return { heard: 'doubt', why };
}
