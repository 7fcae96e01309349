import type { Action, Guard, Jail } from '../../../policies/checks/brute-force/facts.ts';
import { parseNetwork } from '../../../policies/networks.ts';
import { read, unreadable, type Reading, type Unreadable } from '../../../policies/reading.ts';
import type { CollectContext } from '../collector.ts';
import { readKernelRules, type BanPlace, type KernelRules } from './hooks.ts';
import { readFiles, readJournal } from './sources.ts';

const maximumJails = 256;

/**
 * What fail2ban's server says of itself (fail2ban-client(1)); undefined where it is not installed. Many questions are
 * put to one client: each would else start Python anew.
 */
export async function readFail2ban(context: CollectContext): Promise<Guard | undefined> {
  const program = 'fail2ban';
  const status = await ask(context, ['status']);
  if (status.state === 'unreadable') {
    if (status.obstacle.code === 'command-missing') return undefined;
    if (status.obstacle.code === 'missing') return { program, runs: false, jails: read([]) };
    return { program, runs: true, jails: status };
  }
  return { program, runs: true, jails: await readJails(context, status.value[0] ?? '') };
}

async function readJails(context: CollectContext, status: string): Promise<Reading<Jail[]>> {
  const list = /Jail list:[ \t]*(.*)$/m.exec(status)?.[1];
  if (list === undefined) return unreadable('unparsable', 'fail2ban-client status', 'no list of jails');
  const names = list.split(/,\s*/).filter((name) => name !== '');
  if (names.length === 0) return read([]);
  if (names.length > maximumJails) return unreadable('too-large', 'fail2ban-client status');
  // A name is put into a line of questions.
  if (names.some((name) => !/^[\w.:@-]{1,256}$/.test(name))) {
    return unreadable('unparsable', 'fail2ban-client status', 'a jail with a name of another form');
  }
  const actions = await ask(
    context,
    names.map((name) => `get ${name} actions`),
  );
  if (actions.state === 'unreadable') return actions;
  const asked = names.sort().map((name) => ({ name, actions: [] as string[] }));
  for (const answer of actions.value) {
    const [head = '', ...lines] = answer.split('\n');
    const jail = asked.find(({ name }) => head.includes(` jail ${name} `));
    jail?.actions.push(
      ...lines
        .join(' ')
        .split(/[\s,]+/)
        .filter((word) => /^[\w.-]+$/.test(word)),
    );
  }
  return askJails(context, asked);
}

interface AskedJail {
  readonly name: string;
  readonly actions: readonly string[];
}

const jailQuestions = ['logpath', 'journalmatch', 'bantime', 'findtime', 'maxretry', 'ignoreip'] as const;
const actionQuestions = ['actionban', 'actionstart', 'port', 'name', 'addr_set'] as const;

async function askJails(context: CollectContext, asked: readonly AskedJail[]): Promise<Reading<Jail[]>> {
  const questions = asked.flatMap(({ name, actions }) => [
    `status ${name}`,
    ...jailQuestions.map((question) => `get ${name} ${question}`),
    ...actions.flatMap((action) => actionQuestions.map((question) => `get ${name} action ${action} ${question}`)),
  ]);
  const answers = await ask(context, questions);
  if (answers.state === 'unreadable') return answers;
  const answerTo = new Map(questions.map((question, index) => [question, answers.value[index] ?? '']));
  const kernel = await readKernelRules(context);
  const told = (question: string): string => answerTo.get(question) ?? '';
  try {
    return read(await Promise.all(asked.map((jail) => describeJail(context, jail, told, kernel))));
  } catch (error) {
    if (error instanceof SyntaxError) return unreadable('unparsable', 'fail2ban-client -i', error.message);
    throw error;
  }
}

type AnswerTo = (question: string) => string;

async function describeJail(
  context: CollectContext,
  { name, actions }: AskedJail,
  answerTo: AnswerTo,
  kernel: KernelRules,
): Promise<Jail> {
  const status = answerTo(`status ${name}`);
  const count = (what: string): number => Number(new RegExp(`${what}:\\s*(\\d+)`).exec(status)?.[1] ?? Number.NaN);
  const numberOf = (question: string): number => {
    const found = Number(/^-?[\d.]+$/m.exec(answerTo(`get ${name} ${question}`))?.[0] ?? Number.NaN);
    if (Number.isNaN(found)) throw new SyntaxError(`get ${name} ${question}: no number`);
    return found;
  };
  const [match] = /^\w+=.*$/m.exec(answerTo(`get ${name} journalmatch`).replace(/^Current match filter:\s*/, '')) ?? [];
  const files = listed(answerTo(`get ${name} logpath`));
  return {
    name,
    source:
      match === undefined || files.length > 0
        ? await readFiles(context, files)
        : await readJournal(
            context,
            match.split(/\s+/).filter((word) => word === '+' || /^[A-Z_0-9]+=/.test(word)),
          ),
    bansNow: count('Currently banned') > 0,
    bansEver: count('Total banned') > 0,
    banSeconds: numberOf('bantime'),
    findSeconds: numberOf('findtime'),
    attempts: numberOf('maxretry'),
    ignored: listed(answerTo(`get ${name} ignoreip`))
      .map((network) => shortened[network] ?? network)
      .filter(isLarge)
      .sort()
      .slice(0, 64),
    actions: actions
      .slice(0, 32)
      .map((action) => describeAction(action, (what) => answerTo(`get ${name} action ${action} ${what}`), kernel)),
  };
}

/** fail2ban 1.0 leaves the length off networks of all addresses. */
const shortened: Readonly<Record<string, string>> = { '0.0.0.0': '0.0.0.0/0', '::': '::/0' };

/** 1/256 of all addresses or more: no address of a person. */
function isLarge(text: string): boolean {
  const network = parseNetwork(text);
  if (network === undefined) return false;
  const all = network.family === 4 ? 32n : 128n;
  return network.last - network.first + 1n >= 1n << (all - 8n);
}

/** The lines of a list as fail2ban draws it: each behind a branch, or behind the last. */
function listed(answer: string): string[] {
  return [...answer.matchAll(/^[|`]- (.+)$/gm)].map(([, entry]) => (entry ?? '').trim()).filter((text) => text !== '');
}

function describeAction(name: string, answerTo: AnswerTo, kernel: KernelRules): Action {
  const command = answerTo('actionban');
  const tool = toolOf(command);
  const jail = answerTo('name').trim();
  const set = answerTo('addr_set').trim().replaceAll('<name>', jail);
  const place = placeOf(tool, jail, set);
  // Those that close all ports have a list of them as well, and do not use it.
  const isByPort = /\bdports?\b|\bport[= ]/.test(`${answerTo('actionstart')}\n${command}`);
  return {
    name,
    tool,
    ports: isByPort ? answerTo('port').trim().slice(0, 1024) : null,
    hook: place === undefined ? null : kernel.hookOf(place),
  };
}

function toolOf(command: string): Action['tool'] {
  if (command.trim() === '') return 'none';
  if (/(?:^|\s)(?:nft|<nftables>)\s/m.test(command)) return 'nftables';
  if (/(?:^|\s)(?:ip6?tables|<iptables>)\s/m.test(command)) return 'iptables';
  if (/(?:^|\s)ufw\s/m.test(command)) return 'ufw';
  if (/(?:^|\s)firewall-cmd\s/m.test(command)) return 'firewalld';
  return 'other';
}

/** Where fail2ban's own actions put whom they ban (action.d), and the chains that ufw(8) and firewalld(1) always have. */
function placeOf(tool: Action['tool'], jail: string, set: string): BanPlace | undefined {
  if (tool === 'nftables') return set === '' ? undefined : { kind: 'set', name: set };
  if (tool === 'iptables') return { kind: 'chain', name: `f2b-${jail}` };
  if (tool === 'ufw') return { kind: 'chain', name: 'ufw-user-input' };
  return tool === 'firewalld' ? { kind: 'chain', name: 'filter_INPUT' } : undefined;
}

const prompt = 'fail2ban> ';

/**
 * Puts questions to the server, in one client. It says `missing` where no server answers.
 * @returns the answers, one a question; of what the server does not know it is empty
 */
async function ask({ host, signal }: CollectContext, questions: readonly string[]): Promise<Reading<string[]>> {
  const input = `${questions.join('\n')}\nquit\n`;
  const result = await host.run({ file: 'fail2ban-client', args: ['-i'], input, timeout: 20 }, signal);
  if (result.state === 'unreadable') return result;
  const { stdout, stderr } = result.value;
  const refusal = refusalIn(`${stdout}\n${stderr}`);
  if (refusal !== undefined) return refusal;
  const [, ...answers] = stdout.split(prompt);
  if (answers.length < questions.length) {
    return unreadable('unparsable', 'fail2ban-client -i', `${answers.length} answers to ${questions.length} questions`);
  }
  return read(answers.slice(0, questions.length).map((text) => (isUnknown(text) ? '' : text.trimEnd())));
}

function refusalIn(output: string): Unreadable | undefined {
  const what = 'fail2ban-client';
  if (/Permission denied to socket|you must be root/i.test(output)) {
    return unreadable('refused', what, 'its socket is for root alone');
  }
  if (/Failed to access socket path|Is fail2ban running\?|Could not find server/i.test(output)) {
    return unreadable('missing', what, 'its server does not answer');
  }
  return undefined;
}

function isUnknown(answer: string): boolean {
  return /object has no attribute|^Sorry but|does not exist|Invalid command/m.test(answer);
}
