import { Command } from 'commander';
import { OrganisationAnswer, RosterPart, type RosterPart as Roster } from '../../collector/people/exchange.ts';
import { rosterPartName } from '../../evidence/act.ts';
import type { PackedPart } from '../../evidence/exchange.ts';
import { RegisterRecord, type RegisterName } from '../../evidence/register.ts';
import { addCollectorOptions, CollectorClient, type CollectorOptions } from '../collector-client.ts';
import { UsageError } from '../subcommand.ts';
import { momentOption, newId, packed, packParts, type SaidOptions } from './said.ts';

interface TimeOptions extends CollectorOptions, SaidOptions {
  readonly id?: string;
  readonly from?: string;
  readonly until?: string;
}

interface HostsOptions extends TimeOptions {
  readonly host?: readonly string[];
}

interface PersonOptions extends HostsOptions {
  readonly role?: readonly string[];
  readonly account?: readonly string[];
  readonly key?: readonly string[];
  readonly purpose?: string;
  readonly root?: true;
  readonly knows?: readonly string[];
}

interface SubProcessorOptions extends TimeOptions {
  readonly service?: string;
  readonly told?: string;
}

interface CertificateOptions extends TimeOptions {
  readonly standard?: string;
}

/** Writes an act down, with what was said and handed in. */
export type Submit = (
  act: { act: 'record'; id: string; record: RegisterRecord },
  parts: readonly PackedPart[],
  options: CollectorOptions,
) => Promise<void>;

/** `people record`: a line of a register, new or in the place of the one that has the id. */
export function recordCommand(submit: Submit): Command {
  const record = new Command('record').description(
    'Write a line of a register. With --id the line that stands there: what is not given stays as it was.',
  );
  timed(record.command('host <name>'))
    .description('A host that must report, whether it ever did or not.')
    .action((host: string, options: TimeOptions) => write('host', { host }, options, submit));
  timed(record.command('person'))
    .description('Somebody with access. Accounts and keys are kept beside the log, and can be erased.')
    .option('--role <word...>', 'what the person does, such as developer')
    .option('--account <name...>', 'accounts of this person')
    .option('--key <fingerprint...>', 'SSH keys of this person, as ssh-keygen -l prints them')
    .option('--purpose <word>', 'why access is given, such as administration')
    .option('--root', 'whether this person may become root')
    .option('--host <name...>', 'the hosts that it is about (all)')
    .option('--knows <account...>', 'shared accounts whose passwords this person knows (all)')
    .action((options: PersonOptions) =>
      write('person', { roles: ascending(options.role) }, options, submit, rosterOf(options)),
    );
  timed(record.command('customer'))
    .description('A customer, by a pseudonym, and the hosts that hold its data.')
    .option('--host <name...>', 'all of its hosts')
    .action((options: HostsOptions) => write('customer', { hosts: ascending(options.host) }, options, submit));
  timed(record.command('sub-processor'))
    .description("Another company that handles customers' data.")
    .option('--service <word>', 'what it does, such as mail')
    .option('--told <moment>', 'when customers were told of it')
    .action(({ service, told, ...options }: SubProcessorOptions) => {
      const moment = told === undefined ? undefined : momentOption('--told', told, 'begin');
      return write('sub-processor', { service, told: moment }, options, submit);
    });
  timed(record.command('certificate'))
    .description('What the organisation was certified for. It takes an end (--until).')
    .option('--standard <word>', 'the standard, such as iso27001')
    .action(({ standard, ...options }: CertificateOptions) => write('certificate', { standard }, options, submit));
  timed(record.command('maintenance'))
    .description('Work that is announced, on these hosts or on all.')
    .option('--host <name...>', 'the hosts that it is on (all)')
    .action((options: HostsOptions) => write('maintenance', { hosts: ascending(options.host) }, options, submit));
  return record;
}

function timed(command: Command): Command {
  return addCollectorOptions(command)
    .option('--id <id>', 'the line to write anew')
    .option('--from <moment>', 'from when on it holds (now)')
    .option('--until <moment>', 'until when, where that is known; a day counts whole')
    .option('--text <text>', 'what there is to say of it, names too; it is kept beside the log, and can be erased')
    .option('--file <file...>', 'evidence, kept as it is');
}

/** What a new line holds where nothing is said; what is left out here must be given. */
const unlessGiven: Readonly<Record<RegisterName, object>> = {
  host: {},
  person: { roles: [] },
  customer: {},
  'sub-processor': { told: null },
  certificate: {},
  maintenance: { hosts: null },
};

async function write(
  of: RegisterName,
  given: object,
  { id, from, until, text, file, ...options }: TimeOptions,
  submit: Submit,
  roster?: Partial<Roster>,
): Promise<void> {
  const before = id === undefined ? undefined : await lineOf(id, of, options);
  const wanted = {
    ...(before ?? { of, ...unlessGiven[of], from: new Date().toISOString(), until: null }),
    ...Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined)),
    ...(from === undefined ? {} : { from: momentOption('--from', from, 'begin') }),
    ...(until === undefined ? {} : { until: momentOption('--until', until, 'end') }),
  };
  const record = RegisterRecord.safeParse(wanted);
  if (!record.success) {
    const [issue] = record.error.issues;
    throw new UsageError(`${of}: --${issue?.path.join(' ') ?? ''}: ${issue?.message ?? 'not of its form'}`);
  }
  const said = { ...(text === undefined ? {} : { text }), ...(file === undefined ? {} : { file }) };
  const parts = [...packParts(said), ...(roster === undefined ? [] : [packRoster(roster)])];
  await submit({ act: 'record', id: id ?? newId(of), record: record.data }, parts, options);
}

async function lineOf(id: string, of: RegisterName, options: CollectorOptions): Promise<RegisterRecord> {
  const { records } = await new CollectorClient(options).get('/api/v1/organisation', OrganisationAnswer);
  const record = records.find((line) => line.id === id)?.record;
  if (record?.of === of) return record;
  throw new UsageError(`--id ${id}: no line of the register ${of}; leave it out to write a new one`);
}

/** Undefined where nothing of it was said: then what was said before stays. */
function rosterOf({ account, key, purpose, root, host, knows }: PersonOptions): Partial<Roster> | undefined {
  const given = { accounts: account, keys: key, purpose, root, hosts: host, knows };
  return Object.values(given).every((value) => value === undefined) ? undefined : (given as Partial<Roster>);
}

function packRoster({ accounts = [], keys = [], purpose, root, hosts, knows }: Partial<Roster>): PackedPart {
  const part = RosterPart.safeParse({
    v: 1,
    ...{ accounts: ascending(accounts), keys: ascending(keys), purpose: purpose ?? null, root: root ?? false },
    ...{ hosts: ascending(hosts ?? undefined) ?? null, knows: ascending(knows ?? undefined) ?? null },
  });
  if (part.success) return packed(rosterPartName, part.data);
  const [issue] = part.error.issues;
  throw new UsageError(`${issue?.path.join(' ') ?? ''}: ${issue?.message ?? 'not of its form'}`);
}

function ascending(names: readonly string[] | undefined): string[] | undefined {
  return names && [...new Set(names)].sort();
}
