import { stringify } from 'yaml';
import { HistoryAnswer, OrganisationAnswer, RosterPart } from '../../collector/people/exchange.ts';
import { rosterPartName } from '../../evidence/act.ts';
import type { RegisterRecord } from '../../evidence/register.ts';
import { CollectorClient, type CollectorOptions } from '../collector-client.ts';

export interface RosterOptions extends CollectorOptions {
  readonly host?: string;
}

type Person = Extract<RegisterRecord, { of: 'person' }>;

interface Listed {
  readonly id: string;
  readonly record: Person;
  /** Null where it was erased: then nothing is known of the person but the days. */
  readonly roster: RosterPart | null;
}

const heading =
  '# Who may have access, and who left when, by the register of people: waarborg people roster. Do not edit it here.\n';

/** Prints the roster of a host, or of all, for `roster.file` of agent.yaml. */
export async function printRoster({ host, ...options }: RosterOptions, at: Date): Promise<void> {
  const client = new CollectorClient(options);
  const { records } = await client.get('/api/v1/organisation', OrganisationAnswer);
  const people: Listed[] = [];
  for (const { id, record } of records) {
    if (record.of !== 'person') continue;
    const { acts } = await client.get(`/api/v1/acts/${encodeURIComponent(id)}`, HistoryAnswer);
    // The newest word on it stands, whatever was written of the person since.
    const part = acts.findLast(({ act, parts }) => act.act === 'record' && rosterPartName in parts)?.parts;
    people.push({ id, record, roster: RosterPart.nullable().parse(part?.[rosterPartName] ?? null) });
  }
  process.stdout.write(rosterText(people, host, at));
}

export function rosterText(people: readonly Listed[], host: string | undefined, at: Date): string {
  const here = people
    .filter(({ record, roster }) => Date.parse(record.from) <= at.getTime() && isAbout(roster, host))
    .sort((a, b) => (a.id < b.id ? -1 : 1));
  const gone = here.flatMap(({ record: { until }, roster }) => {
    if (until === null || Date.parse(until) > at.getTime()) return [];
    const known = roster?.knows ?? null;
    return [{ on: lastDay(until), ...(known === null ? {} : { accounts: known }) }];
  });
  const roster = {
    written: at.toISOString(),
    people: here.map(personOf),
    // Who knew no password of others leaves none behind.
    departures: gone.filter(({ accounts }) => accounts?.length !== 0),
  };
  return heading + stringify(roster, { lineWidth: 0 });
}

/** Whoever may be anywhere may be here, and so may who is not known. */
function isAbout(roster: RosterPart | null, host: string | undefined): boolean {
  const hosts = roster?.hosts ?? null;
  return host === undefined || hosts === null || hosts.includes(host);
}

function personOf({ id, record: { until }, roster }: Listed): object {
  const { accounts, keys, purpose, root } = roster ?? { accounts: [], keys: [], purpose: null, root: false };
  return {
    person: id,
    accounts,
    ...(purpose === null ? {} : { purpose }),
    root,
    ...(until === null ? {} : { until: lastDay(until) }),
    keys,
  };
}

/** The day that ends at a moment, or in which it lies. */
function lastDay(until: string): string {
  return new Date(Date.parse(until) - 1).toISOString().slice(0, 10);
}
