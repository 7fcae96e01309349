import type { RegisterRecord } from '../../evidence/register.ts';
import type { SimulatedHost } from './fleet.ts';
import { deed, statement, type Deed } from './people.ts';
import { day, hour, isoOf, type Span } from './span.ts';

/** What stands in the registers: hosts, people of whom one left, customers, and what is certified, used and announced. */
export function registersOf(fleet: readonly SimulatedHost[], span: Span): Deed[] {
  const at = span.from + 1.5 * hour;
  const [from, until] = [isoOf(span.from), isoOf(span.until + 300 * day)];
  const left = isoOf(span.until - Math.min(20 * day, (span.until - span.from) / 2));
  const hosting = fleet.filter(({ name }) => name.startsWith('hosting')).map(({ name }) => name);
  const lines: [string, RegisterRecord][] = [
    ...fleet
      .filter(({ reports, retired }) => reports.from <= span.from && retired === undefined)
      .map(({ name }, index): [string, RegisterRecord] => [
        `host-${index + 1}`,
        { of: 'host', host: name, from, until: null },
      ]),
    ['person-engineer', { of: 'person', roles: ['administration'], from, until: null }],
    ['person-developer', { of: 'person', roles: ['development'], from, until: left }],
    ['customer-one', { of: 'customer', hosts: hosting.slice(0, 1), from, until: null }],
    ['customer-two', { of: 'customer', hosts: hosting.slice(1), from, until: null }],
    ['sub-processor-backups', { of: 'sub-processor', service: 'backup-storage', told: from, from, until: null }],
    ['certificate-27001', { of: 'certificate', standard: 'iso27001', from, until }],
    ['certificate-27017', { of: 'certificate', standard: 'iso27017', from, until: isoOf(span.until + 20 * day) }],
  ];
  return lines.map(([id, record]) => deed(at, 'operator', { act: 'record', id, record }, [statement()]));
}
