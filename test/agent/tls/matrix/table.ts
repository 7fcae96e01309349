import { rate } from '../../../../policies/checks/tls/rating/rate.ts';
import { keyName } from '../../../../policies/checks/tls/rating/key-strength.ts';
import { groupName } from '../../../../policies/checks/tls/groups.ts';
import { tlsVersions } from '../../../../policies/checks/tls/profile.ts';
import { suiteName } from '../../../../policies/checks/tls/suites.ts';
import type { GroundedScan } from '../../../../agent/tls/scan.ts';

/** One server as it is to be seen; each cell as the table has it. */
export interface Row {
  readonly server: string;
  /** `A`, or `A…F` where that is open. */
  readonly letter: string;
  /** The letter with trust and name left aside. */
  readonly trusted: string;
  /** `1.2 1.3`, with a question mark behind each of which nothing clear was heard. */
  readonly versions: string;
  /** Whose order counts, in each version that has more than one suite: `client`, `server`, or `–`. */
  readonly order: string;
  /** A suite that must be there, and one that must not. */
  readonly takes: string;
  readonly not: string;
  /** A group that must be taken, named or by the length of its prime; `–` where there must be none. */
  readonly group: string;
  /** Every leaf's key. */
  readonly key: string;
  /** Each rule that holds the letter down, worst first. */
  readonly held: string;
  /** Why something is open, where anything is: one of the reasons. */
  readonly open: string;
}

const columns = [
  'server',
  'letter',
  'trusted',
  'versions',
  'order',
  'takes',
  'not',
  'group',
  'key',
  'held',
  'open',
] as const satisfies readonly (keyof Row)[];

/** Reads lines of cells between bars; what is left empty is an empty text. */
export function parseTable(text: string): Row[] {
  const lines = text.split('\n').filter((line) => line.includes('|'));
  return lines.map((line) => {
    const cells = line.split('|').map((cell) => cell.trim());
    if (cells.length !== columns.length) throw new Error(`${cells.length} cells instead of ${columns.length}: ${line}`);
    return Object.fromEntries(columns.map((column, index) => [column, cells[index]])) as unknown as Row;
  });
}

/** What was seen, in the words of the table: `takes`, `not` and `group` are those of the row where they hold. */
export function seenAs(row: Row, found: GroundedScan, name: string | undefined, at: Date): Row {
  if (found.speaks !== 'tls') throw new Error(`does not speak TLS: ${JSON.stringify(found)}`);
  const { versions, grounds } = found;
  const rating = rate({ versions, grounds, name }, at);
  if (rating === undefined) throw new Error('accepts no version');
  const { suites, groups, finiteFields } = grounds.profile;
  const names = suites.flatMap((scan) => scan.suites).map(shortName);
  const exchanges = [...groups.named.map(groupName), ...finiteFields.map(({ bits }) => `DH ${bits}`)];
  const orders = new Set(suites.flatMap(({ order }) => (order === 'unknown' ? [] : [order])));
  const applied = rating.rules.filter(({ state }) => state === 'applies').map(({ id }) => id);
  const doubts = rating.rules.filter(({ state }) => state === 'open').map(({ detail }) => detail);
  return {
    server: row.server,
    letter: spanText(rating.letter),
    trusted: spanText(rating.ifTrusted),
    versions: versionsText(versions),
    order: [...orders].join(' ') || '–',
    takes: names.includes(row.takes) ? row.takes : `only ${names.join(' ')}`,
    not: names.includes(row.not) ? `also ${row.not}` : row.not,
    group: exchanges.includes(row.group) ? row.group : exchanges.join(' ') || '–',
    key: grounds.served
      .map(({ leaf }) => keyName(leaf.key))
      .sort()
      .join(', '),
    held: applied.join(' '),
    open: row.open !== '' && doubts.includes(row.open) ? row.open : [...new Set(doubts)].join(', '),
  };
}

function versionsText(versions: Extract<GroundedScan, { speaks: 'tls' }>['versions']): string {
  return tlsVersions
    .filter((version) => versions[version].answer !== 'no')
    .map((version) => version.replace('TLSv', '') + (versions[version].answer === 'yes' ? '' : '?'))
    .join(' ');
}

function spanText({ best, worst }: { readonly best: string; readonly worst: string }): string {
  return best === worst ? best : `${best}…${worst}`;
}

/** `ECDHE_RSA AES_128_GCM_SHA256`: the name of the registry, without what says nothing. */
function shortName(suite: number): string {
  return suiteName(suite).replace(/^TLS_/, '').replace('_WITH_', ' ');
}
