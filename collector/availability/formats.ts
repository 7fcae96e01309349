import { formatDuration } from '../../policies/explain.ts';
import { unarmed } from '../reports/csv.ts';
import type { AvailabilityPromise, AvailabilityStatement, Credit } from './statement.ts';

export const statementFormats = { table: statementTable, json: statementJson, csv: statementCsv } as const;
export type StatementFormat = keyof typeof statementFormats;

function statementJson(statement: AvailabilityStatement): string {
  return `${JSON.stringify(statement, undefined, 2)}\n`;
}

const columns = [
  'month',
  'policy',
  'control',
  'target',
  'service',
  'what',
  'vantages',
  'minimum',
  'up',
  'down',
  'unknown',
  'maintenance',
  'percent',
  'allowance',
  'left',
  'outcome',
  'credit share',
  'credit',
  'credit share at most',
  'credit at most',
  'currency',
] as const;

/** By RFC 4180; lengths of time are seconds, shares percent. The entries are in the JSON alone. */
function statementCsv({ month, policy, promises, fee }: AvailabilityStatement): string {
  const rows = promises.map((promise) => {
    const { control, target, service, what, vantages, credit, creditAtMost: most } = promise;
    const { minimum, up, down, unknown, maintenance, percent, allowance, left, outcome } = promise;
    const names = [month, policy, control, target, service, what, vantages.join(' ')];
    const figures = [minimum, up, down, unknown, maintenance, percent ?? '', allowance, left, outcome];
    const credits = [credit.share, hundredths(credit), most.share, hundredths(most), fee?.currency ?? ''];
    return [...names, ...figures, ...credits];
  });
  return [columns, ...rows].map((row) => `${row.map(field).join(',')}\r\n`).join('');
}

/** A spreadsheet runs a text that begins like a formula. A figure below zero is none. */
function field(value: string | number): string {
  const text = typeof value === 'number' ? String(value) : unarmed(value);
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

function hundredths({ amount }: Credit): string {
  return amount === null ? '' : (amount / 100).toFixed(2);
}

function statementTable(statement: AvailabilityStatement): string {
  const { month, policy, version, digest, promises, entries, work, fee } = statement;
  const lines = promises.flatMap((promise) => [
    `${promise.control}  ${promise.target} (${promise.service} ${promise.what}), seen from ${promise.vantages.join(', ')}`,
    `  ${promise.outcome}: ${shareOf(promise)}`,
    `  up ${duration(promise.up)}, down ${duration(promise.down)}, unknown ${duration(promise.unknown)}, maintenance ${duration(promise.maintenance)}`,
    `  ${promise.left < 0 ? `${duration(promise.left)} more than` : `${duration(promise.left)} left of`} the ${duration(promise.allowance)} that ${promise.minimum} % leaves`,
    `  credit ${creditText(promise.credit, fee)}${promise.creditAtMost.share > promise.credit.share ? `, ${creditText(promise.creditAtMost, fee)} if all that is unknown was down` : ''}`,
  ]);
  const registered = work.length === 0 ? '' : ` and ${work.length} lines of the register`;
  const basis = `${entries.length} entries of the log${registered} (--format json lists them), document ${digest.slice(0, 12)}`;
  return [`${policy} ${version}, availability in ${month}`, '', ...lines, '', `rests on ${basis}`, ''].join('\n');
}

function shareOf({ percent }: AvailabilityPromise): string {
  return percent === null ? 'nothing was seen' : `${percent} % of what was seen`;
}

function creditText(credit: Credit, fee: AvailabilityStatement['fee']): string {
  return fee === null ? `${credit.share} %` : `${credit.share} %, ${fee.currency} ${hundredths(credit)}`;
}

function duration(seconds: number): string {
  return formatDuration(seconds, 'en');
}
