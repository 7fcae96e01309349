import type { Policy } from '../../policies/load.ts';
import { isShownByPeople } from '../../policies/people/organisation.ts';
import type { Control, Language } from '../../policies/schema.ts';
import { pad, paint } from '../terminal/style.ts';

/** `collector`: by what the evidence log itself has of the hosts. */
type ShownBy = 'hosts' | 'people' | 'collector';

/** A promise of a source, and each way in which it is shown. */
export interface CoveredPromise {
  readonly promise: string;
  readonly clause: string;
  readonly title: string;
  readonly ways: readonly { readonly control: string; readonly check: string; readonly shownBy: ShownBy }[];
}

/** The promises of a document in its order. Controls are named after their promise, up to a dot. */
export function coverageOf({ controls }: Pick<Policy, 'controls'>, language: Language): CoveredPromise[] {
  return [...Map.groupBy(controls, promiseOf)].flatMap(([promise, ways]) => {
    const first = ways.find(({ id }) => id === promise) ?? ways[0];
    if (first === undefined) return [];
    const { clause, title } = first;
    return [{ promise, clause, title: title[language], ways: ways.map(wayOf) }];
  });
}

function promiseOf({ id }: Control): string {
  return id.replace(/\..*$/, '');
}

function wayOf({ id, check }: Control): CoveredPromise['ways'][number] {
  return { control: id, check, shownBy: shownBy(check) };
}

function shownBy(check: string): ShownBy {
  if (check === 'reporting') return 'collector';
  return isShownByPeople(check) ? 'people' : 'hosts';
}

export function coverageTable(policy: Policy, language: Language): string {
  const promises = coverageOf(policy, language);
  const width = Math.max(...promises.map(({ promise }) => promise.length));
  const lines = promises.map(({ promise, clause, title, ways }) => {
    const shown = [...new Set(ways.map(({ check, shownBy }) => `${check} (${shownBy})`))].join(', ');
    return `${pad(promise, width)}  ${title}  ${paint('dim', `${clause} · ${shown}`)}`;
  });
  return [paint('bold', policy.title[language]), ...lines, ''].join('\n');
}
