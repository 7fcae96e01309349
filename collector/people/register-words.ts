import type { RegisterName, RegisterRecord } from '../../evidence/register.ts';
import { formatMoment } from '../../policies/explain.ts';
import type { Language, Text } from '../../policies/schema.ts';

/** In the order in which registers are shown. */
export const registerTitles: Readonly<Record<RegisterName, Text>> = {
  certificate: { en: 'Certificates', nl: 'Certificaten' },
  'sub-processor': { en: 'Sub-processors', nl: 'Subverwerkers' },
  customer: { en: 'Customers', nl: 'Klanten' },
  host: { en: 'Hosts', nl: 'Hosts' },
  person: { en: 'People', nl: 'Mensen' },
  maintenance: { en: 'Announced work', nl: 'Aangekondigd werk' },
};

const words = {
  en: {
    noRoles: 'without a role',
    noHosts: 'without hosts',
    allHosts: 'on all hosts',
    told: (moment: string) => `customers were told on ${moment}`,
    notTold: 'customers were not told',
    more: (count: number) => `and ${count} more`,
  },
  nl: {
    noRoles: 'zonder rol',
    noHosts: 'zonder hosts',
    allHosts: 'op alle hosts',
    told: (moment: string) => `klanten hoorden het op ${moment}`,
    notTold: 'klanten hoorden het niet',
    more: (count: number) => `en nog ${count}`,
  },
} as const;

/** So many hosts of a line are named. */
const namedHosts = 10;

/** What a line of a register says besides its time; whoever it is about stands beside the log. */
export function lineText(record: RegisterRecord, language: Language): string {
  const t = words[language];
  const named = (hosts: readonly string[]): string => {
    const rest = hosts.length - namedHosts;
    return [...hosts.slice(0, namedHosts), ...(rest > 0 ? [t.more(rest)] : [])].join(', ');
  };
  switch (record.of) {
    case 'host':
      return record.host;
    case 'person':
      return record.roles.length === 0 ? t.noRoles : record.roles.join(', ');
    case 'customer':
      return record.hosts.length === 0 ? t.noHosts : named(record.hosts);
    case 'sub-processor':
      return `${record.service}; ${record.told === null ? t.notTold : t.told(formatMoment(record.told, language))}`;
    case 'certificate':
      return record.standard;
    case 'maintenance':
      return record.hosts === null ? t.allHosts : named(record.hosts);
  }
}
