import type { OrganisationAnswer } from '../../collector/people/exchange.ts';
import { explain } from '../../policies/explain.ts';
import { registerNames } from '../../evidence/register.ts';
import { pad } from '../terminal/style.ts';

/** So many hosts of a finding are named. */
const namedHosts = 5;

/** What people show now, a line each. */
export function organisationTable({ follows, observations, cases, findings }: OrganisationAnswer): string {
  if (follows.length === 0) return 'the organisation follows no document: waarborg people follow\n';
  const width = Math.max(0, ...observations.map(({ control }) => control.length));
  const verdicts = observations.map(({ control, verdict, reasons: [first] }) => {
    const why = first === undefined ? '' : explain(first, 'en');
    const subject = first?.subject === undefined ? '' : `${first.subject}: `;
    return `${pad(control, width)}  ${pad(verdict, 14)}  ${subject}${why}`.trimEnd();
  });
  const open = cases.filter(({ closed }) => closed === null);
  const about = new Map(
    findings.map(({ id, policy, control, hosts }) => {
      const rest = hosts.length > namedHosts ? `, and ${hosts.length - namedHosts} more` : '';
      return [id, `: ${policy} ${control} on ${hosts.slice(0, namedHosts).join(', ')}${rest}`];
    }),
  );
  const lines = open.map(({ id, of, began }) => `${id}  ${of}, began ${began}${about.get(id) ?? ''}`);
  return [...verdicts, ...(lines.length === 0 ? [] : ['', 'open cases', ...lines]), ''].join('\n');
}

/** The lines of the registers, one each. Who somebody is, `people show ID` tells. */
export function registersTable({ records }: OrganisationAnswer): string {
  const chapters = registerNames.flatMap((name) => {
    const lines = records.filter(({ record }) => record.of === name);
    return lines.length === 0 ? [] : [name, ...lines.map(({ id, record }) => `  ${id}  ${describeLine(record)}`)];
  });
  return `${(chapters.length === 0 ? ['the registers are empty: waarborg people record'] : chapters).join('\n')}\n`;
}

function describeLine({ of: _, from, until, ...what }: OrganisationAnswer['records'][number]['record']): string {
  const told = Object.entries(what).flatMap(([name, value]) => {
    if (value === null) return [];
    return [`${name} ${Array.isArray(value) ? value.join(', ') : value}`];
  });
  return [...told, `from ${from}`, ...(until === null ? [] : [`until ${until}`])].join(', ');
}
