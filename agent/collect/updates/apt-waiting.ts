import { isSecurityIndex } from '../../../policies/checks/updates/lists.ts';
import type { Release, Waiting } from '../../../policies/checks/updates/facts.ts';
import { read, unreadable, type Reading } from '../../../policies/reading.ts';
import type { CollectContext } from '../collector.ts';
import type { NamedSource } from './apt-sources.ts';
import { runTool, withoutWriting } from './command.ts';
import type { Installed } from './dpkg.ts';
import { timeWaiting, type Untimed } from './ledger.ts';

/** So that a command line stays far below the system's limit. */
const packagesPerCommand = 1500;

/**
 * The packages of which a newer version is known, from the version tables of `apt-cache policy`. These show what
 * `apt-get upgrade` keeps silent about: held and pinned packages, and a security update below the candidate.
 *
 * @param timed whether to tell since when security updates wait; false where the lists are no ground for that, so that
 *   emptied lists do not make the ledger forget
 */
export async function readWaiting(
  { host, signal, ledger }: CollectContext,
  installed: readonly Installed[],
  sources: readonly NamedSource[],
  release: Release,
  timed: boolean,
): Promise<Reading<Waiting[]>> {
  const tables = await readTables({ host, signal }, installed);
  if (tables.state === 'unreadable') return tables;
  const lists = sortLists(sources, release);
  const held = new Set(installed.flatMap(({ name, held }) => (held ? [name] : [])));
  const waiting = tables.value.flatMap((table) => describeTable(table, lists, held.has(table.package)));
  return read(timeWaiting(ledger, waiting, timed));
}

/** The lists, by the lines that name them in version tables. */
interface SortedLists {
  readonly security: ReadonlySet<string>;
  /** Lists of those who have no security suite, with the archive that each comes from. */
  readonly foreign: ReadonlyMap<string, string>;
}

function sortLists(sources: readonly NamedSource[], release: Release): SortedLists {
  const read = sources.flatMap(({ source: { mirror, index }, descriptions }) =>
    index.state === 'read' ? [{ mirror, descriptions, index: index.value }] : [],
  );
  const bringing = read.filter(({ index }) => isSecurityIndex(index, release));
  // Who has a security suite puts there what is about security: the rest of its updates are not.
  const labelling = new Set(bringing.map(({ index }) => index.origin));
  const others = read.filter(({ index }) => !labelling.has(index.origin));
  return {
    security: new Set(bringing.flatMap(({ descriptions }) => descriptions)),
    foreign: new Map(others.flatMap(({ mirror, descriptions }) => descriptions.map((line) => [line, mirror] as const))),
  };
}

/** What apt-cache(8) policy tells of one package. */
interface VersionTable {
  readonly package: string;
  readonly installed: string;
  readonly candidate: string;
  /** Versions above the installed one, newest first, each with the lists that it comes from. */
  readonly newer: readonly { readonly version: string; readonly from: readonly string[] }[];
}

async function readTables(
  { host, signal }: Pick<CollectContext, 'host' | 'signal'>,
  installed: readonly Installed[],
): Promise<Reading<VersionTable[]>> {
  const tables: VersionTable[] = [];
  const options = await withoutWriting(host);
  for (let start = 0; start < installed.length; start += packagesPerCommand) {
    const names = installed.slice(start, start + packagesPerCommand).map(({ name }) => name);
    const args = [...options, 'policy', ...names];
    const output = await runTool(host, { file: 'apt-cache', args }, signal);
    if (output.state === 'unreadable') return output;
    tables.push(...parsePolicy(output.value.stdout));
  }
  const told = new Set(tables.map((table) => table.package));
  const untold = installed.find(({ name }) => !told.has(name));
  if (untold !== undefined) return unreadable('unparsable', 'apt-cache policy', `it does not tell of ${untold.name}`);
  return read(tables.sort((a, b) => (a.package < b.package ? -1 : 1)));
}

function parsePolicy(text: string): VersionTable[] {
  return text.split(/^(?=\S)/m).flatMap((block) => {
    const [, name] = /^(\S+):\n/.exec(block) ?? [];
    const [, installed] = /^ {2}Installed: (\S+)$/m.exec(block) ?? [];
    const [, candidate] = /^ {2}Candidate: (\S+)$/m.exec(block) ?? [];
    const isComplete = block.includes(`\n *** ${installed} `);
    if (name === undefined || installed === undefined || candidate === undefined || !isComplete) return [];
    const above = block.slice(0, block.indexOf('\n *** '));
    // A version stands after five columns, the lists it comes from after more.
    const newer = above
      .split(/^ {5}(?=\S)/m)
      .slice(1)
      .map((row) => ({
        version: row.split(' ', 1)[0] ?? '',
        from: [...row.matchAll(/^ {6,}-?\d+ (.+)$/gm)].map(([, list = '']) => list),
      }));
    return [{ package: name, installed, candidate, newer }];
  });
}

function describeTable(table: VersionTable, lists: SortedLists, held: boolean): Untimed[] {
  const { installed, candidate, newer } = table;
  const update = newer.find(({ from }) => from.some((list) => lists.security.has(list)));
  const upgrade = newer.find(({ version }) => version === candidate);
  if (update === undefined && upgrade === undefined) return [];
  const [source] = upgrade?.from.flatMap((list) => lists.foreign.get(list) ?? []) ?? [];
  return [
    {
      package: table.package,
      installed,
      // A candidate below the installed version is a downgrade that a pin asks for, not an update.
      candidate: upgrade === undefined ? installed : candidate,
      held,
      security: update === undefined ? null : { version: update.version },
      unlabelled: source === undefined ? null : { version: candidate, source },
    },
  ];
}
