import { DashboardLinkBuilder, DashboardLinkType } from '@grafana/grafana-foundation-sdk/dashboard';
import type { Language, Text } from '../../policies/schema.ts';

/** The dashboards by their names; a name is part of a uid, which never changes. */
export const boardNames = ['fleet', 'policy', 'host', 'tls', 'backups', 'upkeep', 'organisation', 'log'] as const;
export type BoardName = (typeof boardNames)[number];

export function uidOf(board: BoardName, language: Language): string {
  return language === 'en' ? `waarborg-${board}` : `waarborg-${board}-${language}`;
}

/** All dashboards of a language bear this tag. */
export function tagOf(language: Language): string {
  return `waarborg-${language}`;
}

/** A link from a row of a table. */
export interface DataLink {
  readonly title: Text;
  readonly url: string;
}

/** The value of a row's column in a link, encoded as such. */
function column(name: string): string {
  return `\${__data.fields.${name}}`;
}

const data = '${datasource:queryparam}&${collector:queryparam}&${__url_time_range}';

export function toHost(language: Language): DataLink {
  const title = { en: 'This host', nl: 'Deze server' };
  return { title, url: `/d/${uidOf('host', language)}?var-host=${column('host')}&${data}` };
}

export function toPolicy(language: Language): DataLink {
  const title = { en: 'This policy', nl: 'Dit beleid' };
  return { title, url: `/d/${uidOf('policy', language)}?var-policy=${column('policy')}&${data}` };
}

/** The collector's pages, which say why and what to do. */
export const collectorPages = {
  host: {
    title: { en: 'Why, and what to do (collector)', nl: 'Waarom, en wat te doen (collector)' },
    url: `\${collector}/hosts/${column('host')}`,
  },
  control: {
    title: { en: 'This control on all hosts (collector)', nl: 'Deze maatregel op alle servers (collector)' },
    url: `\${collector}/policies/${column('policy')}/controls/${column('control')}`,
  },
  organisation: {
    title: { en: 'What people showed (collector)', nl: 'Wat mensen lieten zien (collector)' },
    url: '${collector}/organisation',
  },
} as const satisfies Record<string, DataLink>;

/** The links at the top of each dashboard: to the others of its language, and to the collector. */
export function topLinks(language: Language): DashboardLinkBuilder[] {
  return [
    new DashboardLinkBuilder('Waarborg')
      .type(DashboardLinkType.Dashboards)
      .tags([tagOf(language)])
      .asDropdown(true)
      .includeVars(true)
      .keepTime(true),
    new DashboardLinkBuilder('Collector')
      .type(DashboardLinkType.Link)
      .url('${collector}/')
      .icon('external link')
      .tooltip(
        { en: 'Pages of the collector: why, and what to do', nl: 'Pagina’s van de collector: waarom, en wat te doen' }[
          language
        ],
      )
      .targetBlank(true),
  ];
}
