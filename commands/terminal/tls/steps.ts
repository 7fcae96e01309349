import type { Applied, Rating } from '../../../policies/checks/tls/rating/rate.ts';
import { rules, scoreRule, type RuleId } from '../../../policies/checks/tls/rating/rules.ts';
import { paint } from '../style.ts';
import { remedies } from './remedies.ts';
import { hanging, heading } from './words.ts';

const texts = new Map<RuleId, string>([...rules, scoreRule].map(({ id, en }) => [id, en]));

/** What to change first: from the letter that holds to the best, with the setting that does it. */
export function stepLines({ steps, rules: applied }: Rating): string[] {
  if (steps.length === 0) return [];
  const seen = new Map(applied.filter(({ state }) => state === 'applies').map((one) => [one.id, one]));
  const lines = steps.flatMap(({ from, to, rules: ids }) => [
    `  ${paint('bold', from)} ${paint('dim', '→')} ${paint('bold', to)}`,
    ...ids.flatMap((id) => [...whyLines(seen.get(id)), ...remedyLines(id)]),
  ]);
  return [heading('What to change first'), ...lines, ''];
}

function whyLines(rule: Applied | undefined): string[] {
  if (rule === undefined) return [];
  return hanging('    • ', `${texts.get(rule.id) ?? rule.id} (${rule.detail}) [${rule.id}, ${rule.revision}]`);
}

function remedyLines(id: RuleId): string[] {
  const { words, nginx, apache } = remedies[id];
  return [
    ...hanging('      → ', words),
    // Settings stand whole on their line, so that they can be copied.
    ...(nginx === undefined ? [] : [`        ${paint('dim', 'nginx ')} ${paint('cyan', nginx)}`]),
    ...(apache === undefined ? [] : [`        ${paint('dim', 'Apache')} ${paint('cyan', apache)}`]),
  ];
}

/** What could not be told, and what it would mean. */
export function openLines({ rules: applied }: Rating): string[] {
  const open = applied.filter(({ state }) => state === 'open');
  if (open.length === 0) return [];
  const byWhy = Map.groupBy(open, ({ detail }) => detail);
  const lines = [...byWhy].flatMap(([why, some]) => {
    const names = some.map(({ id, letter }) => `${id} (${letter})`).join(', ');
    return hanging('  ? ', `${why}: would decide ${names}`);
  });
  return [heading('Not known'), ...lines.map((line) => paint('yellow', line)), ''];
}
