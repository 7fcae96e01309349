import type { StarttlsName } from '../../../policies/checks/endpoints.ts';
import type { Applied, Rating } from '../../../policies/checks/tls/rating/rate.ts';
import { rules, scoreRule, type RuleId } from '../../../policies/checks/tls/rating/rules.ts';
import { paint } from '../style.ts';
import { remedies, type Remedy } from './remedies.ts';
import { hanging, heading } from './words.ts';

const texts = new Map<RuleId, string>([...rules, scoreRule].map(({ id, en }) => [id, en]));

/**
 * What to change first: from the letter that holds to the best, with the setting that does it. One change that is against
 * several things stands once, below all of them.
 *
 * @param starttls the protocol in which the server begins, which tells whose settings help
 */
export function stepLines(
  { steps, rules: applied }: Pick<Rating, 'steps' | 'rules'>,
  starttls: StarttlsName | undefined,
): string[] {
  if (steps.length === 0) return [];
  const seen = new Map(applied.filter(({ state }) => state === 'applies').map((one) => [one.id, one]));
  const lines = steps.flatMap(({ from, to, rules: ids }) => [
    `  ${paint('bold', from)} ${paint('dim', '→')} ${paint('bold', to)}`,
    ...[...Map.groupBy(ids, (id) => remedies[id])].flatMap(([remedy, some]) => [
      ...some.flatMap((id) => whyLines(seen.get(id))),
      ...remedyLines(remedy, starttls),
    ]),
  ]);
  return [heading('What to change first'), ...lines, ''];
}

function whyLines(rule: Applied | undefined): string[] {
  if (rule === undefined) return [];
  return hanging('    • ', `${texts.get(rule.id) ?? rule.id} (${rule.detail}) [${rule.id}, ${rule.revision}]`);
}

/** Settings stand whole on their line, so that they can be copied. */
function remedyLines(remedy: Remedy, starttls: StarttlsName | undefined): string[] {
  const settings = programsFor(starttls).flatMap(({ title, key }) => {
    const setting = remedy[key];
    return setting === undefined ? [] : [`        ${paint('dim', title)} ${paint('cyan', setting)}`];
  });
  return [...hanging('      → ', remedy.words), ...settings];
}

type Program = { readonly title: string; readonly key: Exclude<keyof Remedy, 'words'> };

/** The usual servers of a protocol. */
function programsFor(starttls: StarttlsName | undefined): readonly Program[] {
  switch (starttls) {
    case undefined:
      return [
        { title: 'nginx ', key: 'nginx' },
        { title: 'Apache', key: 'apache' },
      ];
    case 'smtp':
      return [{ title: 'Postfix', key: 'postfix' }];
    case 'imap':
    case 'pop3':
    case 'lmtp':
    case 'sieve':
      return [{ title: 'Dovecot', key: 'dovecot' }];
    default:
      return [];
  }
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
