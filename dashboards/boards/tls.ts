import type { Language } from '../../policies/schema.ts';
import type { Board } from '../parts/board.ts';
import { colours, thresholds } from '../parts/colours.ts';
import { columns, hostColumn } from '../parts/columns.ts';
import { bars, course, type MakePanel } from '../parts/panels.ts';
import { table } from '../parts/table.ts';
import { count } from './figures.ts';
import { days, daysUnit, milliseconds } from './queries.ts';

const notAfter = 'waarborg_certificate_not_after_timestamp_seconds';
const noEndpoints = { en: 'No endpoint with TLS was seen', nl: 'Er is geen eindpunt met TLS gezien' } as const;

/** Certificates that end, and how well endpoints speak TLS. */
export const tlsBoard: Board = {
  name: 'tls',
  title: { en: 'Waarborg: TLS and certificates', nl: 'Waarborg: TLS en certificaten' },
  description: {
    en: 'Which certificates end first, which versions of TLS endpoints accept, and the letter that SSL Labs would give.',
    nl: 'Welke certificaten het eerst aflopen, welke TLS-versies eindpunten accepteren, en de letter die SSL Labs zou geven.',
  },
  from: 'now-30d',
  sections: (language) => [
    { panels: [endpoints, ended, endSoon, endLater, oldVersions, lowLetters] },
    { panels: [endingFirst(language), letters, versions] },
    { panels: [leastLeft, accepting(language), longest(language), keys] },
  ],
};

const endpoints = count({
  title: { en: 'Endpoints', nl: 'Eindpunten' },
  description: {
    en: 'Endpoints that serve a certificate.',
    nl: 'Eindpunten die een certificaat tonen.',
  },
  expr: `count(${notAfter})`,
  steps: thresholds.plain,
  empty: noEndpoints,
});

const ended = count({
  title: { en: 'Ended', nl: 'Verlopen' },
  description: {
    en: 'Endpoints with a certificate that has ended: browsers refuse it.',
    nl: 'Eindpunten met een certificaat dat verlopen is: browsers weigeren het.',
  },
  expr: `count(${notAfter} - time() < 0)`,
  steps: thresholds.badAboveZero,
  empty: noEndpoints,
});

const endSoon = count({
  title: { en: 'Ends within 14 days', nl: 'Eindigt binnen 14 dagen' },
  description: {
    en: 'Certificates that end within two weeks and have not ended: renewal is late.',
    nl: 'Certificaten die binnen twee weken aflopen en nog niet verlopen zijn: de vernieuwing is laat.',
  },
  expr: `count((${notAfter} - time() < 14 * 86400) >= 0)`,
  steps: thresholds.doubtAboveZero,
  empty: noEndpoints,
});

const endLater = count({
  title: { en: 'Ends within 30 days', nl: 'Eindigt binnen 30 dagen' },
  description: {
    en: 'Certificates that end between two weeks and thirty days from now: most should be renewed in this time.',
    nl: 'Certificaten die over twee weken tot dertig dagen aflopen: de meeste horen in die tijd vernieuwd te worden.',
  },
  expr: `count((${notAfter} - time() < 30 * 86400) >= 14 * 86400)`,
  steps: thresholds.plain,
  empty: noEndpoints,
});

const old = 'waarborg_tls_version_offered{version=~"SSLv2|SSLv3|TLSv1.0|TLSv1.1"} == 1';

const oldVersions = count({
  title: { en: 'Accept old versions', nl: 'Met oude versies' },
  description: {
    en: 'Endpoints that accept SSL, TLS 1.0 or TLS 1.1.',
    nl: 'Eindpunten die SSL, TLS 1.0 of TLS 1.1 accepteren.',
  },
  expr: `count(count by (host, endpoint) (${old}))`,
  steps: thresholds.badAboveZero,
  empty: noEndpoints,
});

const lowLetters = count({
  title: { en: 'Letter below A', nl: 'Letter lager dan A' },
  description: {
    en: 'Endpoints whose letter is none of A+, A and A-.',
    nl: 'Eindpunten met een andere letter dan A+, A of A-.',
  },
  expr: 'count(waarborg_tls_grade_info{grade!~"A.?"})',
  steps: thresholds.badAboveZero,
  empty: noEndpoints,
});

function endingFirst(language: Language): MakePanel {
  const first = `bottomk(25, min by (host, endpoint) (${notAfter}))`;
  return table({
    title: { en: 'Certificates that end first', nl: 'Certificaten die het eerst aflopen' },
    description: {
      en: 'The twenty-five endpoints whose certificate ends first, and the time that is left; red is a week or less.',
      nl: 'De vijfentwintig eindpunten waarvan het certificaat het eerst afloopt, en de tijd die rest; rood is een week of minder.',
    },
    queries: [milliseconds(first), `${first} - time()`],
    columns: [{ ...hostColumn(language), width: 190 }, columns.endpoint, columns.ends, columns.left],
    sort: { of: 'B', order: 'up' },
    empty: noEndpoints,
    width: 14,
    height: 12,
  });
}

const letters = bars({
  title: { en: 'Letters', nl: 'Letters' },
  description: {
    en: 'Endpoints by the letter that SSL Labs would give, by its guide and Waarborg’s own probes.',
    nl: 'Eindpunten naar de letter die SSL Labs zou geven, volgens diens gids en Waarborgs eigen proeven.',
  },
  expr: 'sort_desc(count by (grade) (waarborg_tls_grade_info))',
  legend: '{{grade}}',
  unit: 'none',
  steps: thresholds.plain,
  empty: {
    en: 'No letter is decided: no control asks for one, or something could not be read',
    nl: 'Geen letter staat vast: geen maatregel vraagt ernaar, of iets was niet te lezen',
  },
  width: 5,
  height: 12,
});

const versions = bars({
  title: { en: 'Versions accepted', nl: 'Geaccepteerde versies' },
  description: {
    en: 'How many endpoints accept each version of SSL and TLS.',
    nl: 'Hoeveel eindpunten elke versie van SSL en TLS accepteren.',
  },
  expr: 'sum by (version) (waarborg_tls_version_offered)',
  legend: '{{version}}',
  unit: 'none',
  steps: thresholds.plain,
  empty: noEndpoints,
  width: 5,
  height: 12,
});

const leastLeft = course({
  title: { en: 'Least time left', nl: 'Minste tijd over' },
  description: {
    en: 'The time that was left of the certificate that ended first, and of the one in the middle. Renewal keeps the first above two weeks.',
    nl: 'De tijd die restte van het certificaat dat het eerst afliep, en van het middelste. Vernieuwing houdt de eerste boven twee weken.',
  },
  lines: [
    {
      expr: days(`min(${notAfter}) - time()`),
      legend: { en: 'ends first', nl: 'loopt het eerst af' },
      colour: colours.bad,
    },
    {
      expr: days(`quantile(0.5, ${notAfter}) - time()`),
      legend: { en: 'in the middle', nl: 'middelste' },
      colour: colours.neutral,
    },
  ],
  unit: daysUnit,
  empty: noEndpoints,
  width: 12,
  height: 9,
});

function accepting(language: Language): MakePanel {
  return table({
    title: { en: 'Endpoints that accept old versions', nl: 'Eindpunten die oude versies accepteren' },
    description: {
      en: 'At most fifty. Switch these versions off; "waarborg tls" says how for nginx and Apache.',
      nl: 'Ten hoogste vijftig. Zet deze versies uit; "waarborg tls" zegt hoe voor nginx en Apache.',
    },
    queries: [`topk(50, max by (host, endpoint, version) (${old}))`],
    columns: [
      { ...hostColumn(language), width: 190 },
      columns.endpoint,
      { of: 'version', title: { en: 'Version', nl: 'Versie' }, width: 100 },
      {
        of: 'A',
        title: { en: 'Accepted', nl: 'Geaccepteerd' },
        mapped: { '1': { text: { en: 'yes', nl: 'ja' }, color: colours.bad } },
        width: 120,
      },
    ],
    sort: { of: 'host', order: 'up' },
    empty: {
      en: 'No endpoint accepts a version older than TLS 1.2',
      nl: 'Geen eindpunt accepteert een oudere versie dan TLS 1.2',
    },
    width: 12,
    height: 9,
  });
}

function longest(language: Language): MakePanel {
  return table({
    title: { en: 'Certificates that are valid longest', nl: 'Certificaten die het langst geldig zijn' },
    description: {
      en: 'The ten endpoints whose certificate has the longest span of validity, from its first to its last day.',
      nl: 'De tien eindpunten waarvan het certificaat de langste geldigheidsduur heeft, van de eerste tot de laatste dag.',
    },
    queries: ['topk(10, max by (host, endpoint) (waarborg_certificate_validity_seconds))'],
    columns: [
      { ...hostColumn(language), width: 190 },
      columns.endpoint,
      { of: 'A', title: { en: 'Valid for', nl: 'Geldig' }, unit: 's', decimals: 1, width: 120 },
    ],
    sort: { of: 'A', order: 'down' },
    empty: noEndpoints,
    width: 14,
    height: 9,
  });
}

const keys = bars({
  title: { en: 'Keys', nl: 'Sleutels' },
  description: {
    en: 'Endpoints by the algorithm and length in bits of their key; of several keys the shortest counts.',
    nl: 'Eindpunten naar algoritme en lengte in bits van hun sleutel; van meerdere telt de kortste.',
  },
  expr: 'count_values by (algorithm) ("bits", waarborg_certificate_key_length)',
  legend: '{{algorithm}} {{bits}}',
  unit: 'none',
  steps: thresholds.plain,
  empty: noEndpoints,
  width: 10,
  height: 9,
});
