import type { OrganisationAnswer } from '../../collector/people/exchange.ts';
import { explain } from '../../policies/explain.ts';
import { pad } from '../terminal/style.ts';

/** What people show now, a line each. */
export function organisationTable({ follows, observations, cases }: OrganisationAnswer): string {
  if (follows.length === 0) return 'the organisation follows no document: waarborg people follow\n';
  const width = Math.max(0, ...observations.map(({ control }) => control.length));
  const verdicts = observations.map(({ control, verdict, reasons: [first] }) => {
    const why = first === undefined ? '' : explain(first, 'en');
    const subject = first?.subject === undefined ? '' : `${first.subject}: `;
    return `${pad(control, width)}  ${pad(verdict, 14)}  ${subject}${why}`.trimEnd();
  });
  const open = cases.filter(({ closed }) => closed === null);
  const lines = open.map(({ id, of, began }) => `${id}  ${of}, began ${began}`);
  return [...verdicts, ...(lines.length === 0 ? [] : ['', 'open cases', ...lines]), ''].join('\n');
}
