import { Command, Option } from 'commander';
import { ActAnswer, HistoryAnswer, OrganisationAnswer, type ActRequest } from '../collector/people/exchange.ts';
import type { Act } from '../evidence/act.ts';
import { pack } from '../evidence/exchange.ts';
import { CaseKind, caseKinds } from '../policies/checks/cases.ts';
import { loadPolicies, loadPolicy } from '../policies/load.ts';
import { requirementOf } from '../policies/people/requirement.ts';
import { addCollectorOptions, CollectorClient, type CollectorOptions } from './collector-client.ts';
import { UsageError } from './subcommand.ts';
import { historyTable, saveFiles } from './people/history.ts';
import { recordCommand } from './people/registers.ts';
import { printRoster, type RosterOptions } from './people/roster.ts';
import { postCommand } from './people/post.ts';
import { momentOption, newId, packParts, type SaidOptions } from './people/said.ts';
import { sampleCommand, spotCheckCommand } from './people/spot-checks.ts';
import { organisationTable, registersTable } from './people/table.ts';

interface FollowOptions extends CollectorOptions {
  readonly policy: readonly string[];
}

interface AttestOptions extends CollectorOptions, SaidOptions {
  readonly policy: string;
  readonly effective: string;
  readonly until?: string;
  readonly host?: readonly string[];
  readonly customer?: string;
}

interface WaiveOptions extends CollectorOptions, SaidOptions {
  readonly policy: string;
  readonly from?: string;
  readonly until: string;
  readonly host?: readonly string[];
}

interface OpenOptions extends CollectorOptions, SaidOptions {
  readonly began: string;
  readonly urgency?: 'urgent' | 'normal';
  readonly field?: readonly string[];
}

interface CaseOptions extends CollectorOptions, SaidOptions {
  readonly field?: readonly string[];
}

interface ShowOptions extends CollectorOptions {
  readonly save?: string;
  readonly registers?: true;
  readonly format: 'table' | 'json';
}

export function command(): Command {
  const people = new Command('people')
    .description(
      'What people show: attestations with evidence, and cases with deadlines. Each act is an entry of the log.',
    )
    .addHelpText(
      'after',
      `
Example:
  waarborg people follow --policy cloud-provider --collector https://waarborg.example.nl
  waarborg people attest CP-penetration-test --policy cloud-provider --effective 2026-10-01 --text "Test by Example" --file report.pdf
  waarborg people waive CP-tls-grade --policy cloud-provider --host old.example.nl --until 2027-03-01 --text "..."
  waarborg people open vulnerability --began 2026-11-20T09:30:00Z --text "Reported by mail"
  waarborg people step case-3f9c2a71 confirmed
  waarborg people record certificate --standard iso27001 --until 2028-03-01 --file certificate.pdf
  waarborg people record person --role developer --account jan --key SHA256:... --host web1.example.nl`,
    );
  addCollectorOptions(people.command('follow'))
    .description('Say which documents the organisation is held to from now on: what people show of them is judged.')
    .addOption(policiesOption())
    .action(follow);
  said(addCollectorOptions(people.command('attest <control>')))
    .description('State that a control is kept, with what shows it.')
    .requiredOption('--policy <name>', 'the document that the control stands in')
    .requiredOption('--effective <moment>', 'from when on it is true: a day, or a moment')
    .option('--until <moment>', 'until when at most, where the policy lets it stand longer')
    .option('--host <name...>', 'the hosts that it is for, where the policy asks it of each')
    .option('--customer <id>', 'the customer that it is for, where the policy asks it of each: an id of the register')
    .action(attest);
  said(addCollectorOptions(people.command('waive <control>')))
    .description(
      'Ask for an exception from what a control asks now. It counts once another approves, and ends by itself.',
    )
    .requiredOption(
      '--policy <name>',
      'the document that the control stands in: one that comes with Waarborg, or a file',
    )
    .requiredOption('--until <moment>', 'its end, at most a year after its beginning')
    .option('--from <moment>', 'its beginning (now)')
    .option('--host <name...>', 'the hosts that it is for (all)')
    .action(waive);
  said(addCollectorOptions(people.command('approve <id>')))
    .description("Approve of what another stated. Takes another person's token.")
    .action((id: string, options: SaidOptions & CollectorOptions) => act({ act: 'approve', of: id }, options));
  said(addCollectorOptions(people.command('revoke <id>')))
    .description('Take back an attestation or an exception: from now on it does not count.')
    .action((id: string, options: SaidOptions & CollectorOptions) => act({ act: 'revoke', of: id }, options));
  said(fields(addCollectorOptions(people.command('open <kind>'))))
    .description(`Write down something that has a deadline: ${caseKinds.join(', ')}.`)
    .requiredOption('--began <moment>', 'from when its terms count: when it became known')
    .addOption(new Option('--urgency <urgency>', 'how much it presses').choices(['urgent', 'normal']))
    .action(open);
  said(fields(addCollectorOptions(people.command('step <case> <step>'))))
    .description('Write down that something was done in a case. It counts from now, when it is written down.')
    .action((id: string, step: string, options: CaseOptions) =>
      act({ act: 'take-step', of: id, step, fields: [...(options.field ?? [])] }, options),
    );
  said(fields(addCollectorOptions(people.command('close <case>'))))
    .description('Close a case.')
    .action((id: string, options: CaseOptions) =>
      act({ act: 'close-case', of: id, fields: [...(options.field ?? [])] }, options),
    );
  people.addCommand(sampleCommand());
  people.addCommand(spotCheckCommand(act));
  people.addCommand(recordCommand((done, parts, options) => submit(requestOf(done, parts), options)));
  said(addCollectorOptions(people.command('strike <id>')))
    .description('Take a line out of a register that should not have been there. What has ended gets an end (record).')
    .action((id: string, options: SaidOptions & CollectorOptions) => act({ act: 'strike', of: id }, options));
  addCollectorOptions(people.command('roster'))
    .description('Print who may have access and who left, by the register of people, for roster.file of agent.yaml.')
    .option('--host <name>', 'for this host only')
    .action((options: RosterOptions) => printRoster(options, new Date()));
  people.addCommand(postCommand());
  addCollectorOptions(people.command('show [id]'))
    .description(
      'What people show now; or all that was done about one attestation, exception or case, and what was said.',
    )
    .option('--save <folder>', 'with an id: write the files that were handed in there')
    .option('--registers', 'the lines of the registers')
    .addOption(new Option('--format <format>', 'the form').choices(['table', 'json']).default('table'))
    .action(show);
  return people;
}

function policiesOption(): Option {
  return new Option('--policy <name...>', 'a document that comes with Waarborg, or a file').makeOptionMandatory();
}

function said(command: Command): Command {
  return command
    .option('--text <text>', 'what there is to say of it; it is kept beside the log, and can be erased')
    .option('--file <file...>', 'evidence, kept as it is');
}

function fields(command: Command): Command {
  return command.option('--field <name...>', 'what --text says something about, such as consequences');
}

async function follow({ policy: references, ...options }: FollowOptions): Promise<void> {
  const policies = loadPolicies(references);
  const named = policies.map(({ policy, version, digest }) => ({ policy, version, digest }));
  const texts = policies.map(({ digest, text }) => ({ digest, zstd: pack(Buffer.from(text)) }));
  await submit({ v: 1, act: { act: 'follow', policies: named }, parts: [], policies: texts }, options);
}

async function attest(
  control: string,
  { policy, effective, until, host, customer, ...options }: AttestOptions,
): Promise<void> {
  if (host !== undefined && customer !== undefined) throw new UsageError('--host, --customer: give one of them');
  await act(
    {
      act: 'attest',
      id: newId('attestation'),
      policy,
      control,
      scope: attestedScope(host, customer),
      effective: momentOption('--effective', effective, 'begin'),
      until: until === undefined ? null : momentOption('--until', until, 'end'),
    },
    options,
  );
}

function attestedScope(
  hosts: readonly string[] | undefined,
  customer: string | undefined,
): Extract<Act, { act: 'attest' }>['scope'] {
  if (hosts !== undefined) return { of: 'hosts', hosts: [...hosts] };
  return customer === undefined ? { of: 'organisation' } : { of: 'customer', customer };
}

async function waive(control: string, { policy, from, until, host, ...options }: WaiveOptions): Promise<void> {
  if (options.text === undefined) throw new UsageError('--text: expected the reason, and the risk that is taken');
  const document = loadPolicy(policy);
  const definition = document.controls.find(({ id }) => id === control);
  if (definition === undefined) throw new UsageError(`${control}: no control of ${document.policy}`);
  await act(
    {
      act: 'waive',
      id: newId('waiver'),
      policy: document.policy,
      control,
      requirement: requirementOf(definition),
      scope: host === undefined ? { of: 'organisation' } : { of: 'hosts', hosts: [...host] },
      from: from === undefined ? new Date().toISOString() : momentOption('--from', from, 'begin'),
      until: momentOption('--until', until, 'end'),
    },
    options,
  );
}

async function open(kind: string, { began, urgency, field, ...options }: OpenOptions): Promise<void> {
  const of = CaseKind.safeParse(kind).data;
  if (of === undefined) throw new UsageError(`${kind}: expected one of ${caseKinds.join(', ')}`);
  const opened = { act: 'open-case', id: newId('case'), of, urgency: urgency ?? null } as const;
  const moment = momentOption('--began', began, 'begin');
  await act({ ...opened, began: moment, about: null, fields: [...(field ?? [])] }, options);
}

async function show(id: string | undefined, { format, save, registers, ...options }: ShowOptions): Promise<void> {
  if (id !== undefined) {
    const history = await new CollectorClient(options).get(`/api/v1/acts/${encodeURIComponent(id)}`, HistoryAnswer);
    if (save !== undefined) saveFiles(history, save);
    process.stdout.write(format === 'json' ? `${JSON.stringify(history, null, 2)}\n` : historyTable(history));
    return;
  }
  const answer = await new CollectorClient(options).get('/api/v1/organisation', OrganisationAnswer);
  const table = registers === undefined ? organisationTable : registersTable;
  process.stdout.write(format === 'json' ? `${JSON.stringify(answer, null, 2)}\n` : table(answer));
}

async function act(done: Act, options: SaidOptions & CollectorOptions): Promise<void> {
  await submit(requestOf(done, packParts(options)), options);
}

function requestOf(done: Act, parts: readonly ActRequest['parts'][number][]): ActRequest {
  return { v: 1, act: done, parts: [...parts], policies: [] };
}

async function submit(request: ActRequest, options: CollectorOptions): Promise<void> {
  const { index, by } = await new CollectorClient(options).post('/api/v1/acts', request, ActAnswer);
  const id = 'id' in request.act ? `${request.act.id}: ` : '';
  process.stdout.write(`${id}entry ${index} of the log, by ${by}\n`);
}
