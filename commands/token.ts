import { createPublicKey } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { Command, Option } from 'commander';
import { roles, Tokens, type NewToken, type Role } from '../collector/access/tokens.ts';
import { ActId, ActorId } from '../evidence/act.ts';
import { AgentName } from '../evidence/report.ts';
import { Duration } from '../policies/quantities.ts';
import { addCollectorDataOptions, collectorData, type CollectorDataOptions } from './data-options.ts';
import { noteHere } from './note-here.ts';
import { UsageError } from './subcommand.ts';
import { pad } from './terminal/style.ts';

/** How long a token holds unless told: an enrolment is done at once, a reader comes back for a year. */
const defaultValidity: Readonly<Record<Role, string>> = {
  enrol: '1d',
  metrics: '365d',
  auditor: '365d',
  reporter: '365d',
  pipeline: '365d',
  approver: '365d',
  operator: '365d',
};

interface CreateOptions extends CollectorDataOptions {
  readonly role: Role;
  readonly label?: string;
  readonly valid?: string;
  readonly agent?: string;
  readonly person?: string;
  readonly customer?: string;
  readonly policy?: string;
  readonly control?: readonly string[];
  readonly publicKey?: string;
}

export function command(): Command {
  const token = new Command('token')
    .description(
      'Make, list and revoke the tokens with which people read and agents enrol. Works while the collector runs.',
    )
    .addHelpText(
      'after',
      `
Example:
  waarborg token create --role enrol --agent web1.example.nl --config /etc/waarborg/collector.yaml
  waarborg token create --role metrics --label prometheus
  waarborg token create --role reporter --customer customer-acme --label "Acme B.V."
  waarborg token create --role pipeline --policy cloud-provider --control CP-penetration-test --label ci`,
    );
  addCollectorDataOptions(token.command('create'))
    .description('Make a token. It is shown this once: only its hash is kept.')
    .addOption(new Option('--role <role>', 'what it allows').choices(roles).makeOptionMandatory())
    .option('--label <text>', 'what it is for, to tell it apart in the list')
    .option('--valid <duration>', 'how long it holds, such as 12h or 90d (1d to enrol, 365d to read)')
    .option('--agent <name>', 'with --role enrol: the only agent that may use it')
    .option(
      '--person <pseudonym>',
      'whose it is, where he has a token already: nobody approves of what he asked himself',
    )
    .option('--customer <id>', 'with --role reporter: the customer whose hosts it shows, by the id in the register')
    .option('--policy <name>', 'with --role pipeline: the document that its controls stand in')
    .option('--control <id...>', 'with --role pipeline: what it may post evidence for')
    .option('--public-key <file>', 'with --role pipeline: an Ed25519 key (PEM) that must sign what it posts')
    .action(create);
  addCollectorDataOptions(token.command('list')).description('List all tokens, without their secrets.').action(list);
  addCollectorDataOptions(token.command('revoke <id>')).description('Make a token worthless.').action(revoke);
  return token;
}

function create(options: CreateOptions): void {
  const validity = Duration.safeParse(options.valid ?? defaultValidity[options.role]);
  if (!validity.success) throw new UsageError(`--valid ${options.valid}: expected a duration such as 12h or 90d`);
  if (options.agent !== undefined && !AgentName.safeParse(options.agent).success) {
    throw new UsageError(`--agent ${options.agent}: expected a host name in lower case`);
  }
  using tokens = openTokens(options);
  if (options.person !== undefined && !ActorId.safeParse(options.person).success) {
    throw new UsageError(
      `--person ${options.person}: expected a pseudonym such as person-7c1e, as waarborg token list shows`,
    );
  }
  const { role, label = '', agent, person, customer } = options;
  if ((role === 'reporter') !== (customer !== undefined)) {
    throw new UsageError('--customer: expected with --role reporter, and with no other');
  }
  if (customer !== undefined && !ActId.safeParse(customer).success) {
    throw new UsageError(`--customer ${customer}: expected an id of the register, such as customer-3f9c2a71`);
  }
  const token: NewToken = {
    role,
    label,
    validity: validity.data,
    ...(agent === undefined ? {} : { agent }),
    ...(person === undefined ? {} : { person }),
    ...(customer === undefined ? {} : { customer }),
    ...pipelineOf(options),
  };
  const made = tokens.create(token, new Date());
  noteHere(collectorData(options), 'create-token', `${made.id} ${role}`);
  process.stdout.write(`${made.secret}\n`);
}

/** @throws UsageError */
function pipelineOf({ role, policy, control, publicKey }: CreateOptions): Pick<NewToken, 'controls' | 'publicKey'> {
  const isPipeline = role === 'pipeline';
  if (isPipeline !== (policy !== undefined && control !== undefined) || (!isPipeline && publicKey !== undefined)) {
    throw new UsageError('--policy and --control: expected both with --role pipeline, and with no other');
  }
  if (policy === undefined || control === undefined) return {};
  const controls = control.map((id) => ({ policy, control: id }));
  return publicKey === undefined ? { controls } : { controls, publicKey: readPublicKey(publicKey) };
}

/** @throws UsageError */
function readPublicKey(file: string): string {
  try {
    const key = createPublicKey(readFileSync(file));
    if (key.asymmetricKeyType === 'ed25519') return key.export({ type: 'spki', format: 'pem' });
  } catch {
    // Told below, with what was expected.
  }
  throw new UsageError(`--public-key ${file}: expected a PEM file with an Ed25519 key`);
}

function list(options: CollectorDataOptions): void {
  using tokens = openTokens(options);
  const now = new Date().toISOString();
  const rows = tokens
    .list()
    .map(({ id, role, label, expiresAt, revokedAt, usedAt, agent, person, customer, controls }) => {
      const state = revokedAt !== null ? 'revoked' : expiresAt <= now ? 'expired' : usedAt !== null ? 'used' : 'valid';
      const acting = role === 'operator' || role === 'approver' || role === 'pipeline' ? person : '';
      const bound = controls.map(({ policy, control }) => `${policy} ${control}`).join(', ');
      return [
        id,
        role,
        acting,
        state,
        expiresAt.slice(0, 10),
        [agent, customer, bound, label].filter(Boolean).join(' '),
      ];
    });
  const table = [['id', 'role', 'person', 'state', 'until', 'for'], ...rows];
  const widths = [0, 1, 2, 3, 4].map((column) => Math.max(...table.map((row) => (row[column] ?? '').length)));
  for (const row of table) {
    process.stdout.write(
      `${row
        .map((cell, column) => pad(cell, widths[column] ?? 0))
        .join('  ')
        .trimEnd()}\n`,
    );
  }
}

function revoke(id: string, options: CollectorDataOptions): void {
  using tokens = openTokens(options);
  if (!tokens.revoke(id, new Date()))
    throw new UsageError(`no token ${id} that is not revoked yet; see waarborg token list`);
  noteHere(collectorData(options), 'revoke-token', id);
  process.stdout.write(`${id} is revoked\n`);
}

function openTokens(options: CollectorDataOptions): Tokens {
  const data = collectorData(options);
  if (!existsSync(data)) throw new UsageError(`no collector has run on ${data} yet; give its --config or --data`);
  return new Tokens(data);
}
