import { parseNetwork, type Network } from '../../networks.ts';
import { obstacleReason } from '../../reading.ts';
import type { Reason } from '../../reasons.ts';
import type { Cover, Asked } from './guards.ts';
import type { Action, Jail } from './facts.ts';
import { because } from './reasons.ts';
import { listsPort } from './services.ts';
import { describeSource, judgeSource } from './source.ts';

/** What jails of fail2ban do for the ports of a service. */
export function coverByJails(jails: readonly Jail[], asked: Asked): Cover {
  const covered = new Set<number>();
  const unclear = new Set<number>();
  const reasons: Reason[] = [];
  for (const jail of jails) {
    const problems = judgeJail(jail, asked);
    const isBroken = problems.some(({ verdict }) => verdict === 'fail');
    const closes = asked.ports.map((port) => ({ port, closed: closesPort(jail, port) }));
    for (const { port, closed } of closes) {
      if (closed === false || isBroken) continue;
      if (closed === true && problems.length === 0) covered.add(port);
      else unclear.add(port);
    }
    reasons.push(...problems);
    if (problems.length === 0) reasons.push(...judgePorts(jail, closes, asked));
  }
  return { covered, unclear, reasons };
}

function judgePorts(
  jail: Jail,
  closes: readonly { port: number; closed: boolean | undefined }[],
  { service }: Asked,
): Reason[] {
  const values = { jail: jail.name, closes: describePorts(jail), service };
  const subject = subjectOf(jail);
  if (closes.some(({ closed }) => closed === true)) return [works(jail)];
  return closes.map(({ port, closed }) =>
    because(closed === false ? 'brute-force.port-open' : 'brute-force.port-unclear', { ...values, port }, subject),
  );
}

function works(jail: Jail): Reason {
  const { name, source, banSeconds, attempts, bansEver } = jail;
  const values = { jail: name, source: describeSource(source), ban: banSeconds, attempts, actions: describe(jail) };
  return because('brute-force.jail-works', { ...values, bans: bansEver ? '+' : '0' }, subjectOf(jail));
}

/** What is wrong with a jail, whichever ports it closes. */
function judgeJail(jail: Jail, { service, parameters, at }: Asked): Reason[] {
  const { name, banSeconds, findSeconds, attempts } = jail;
  const guard = subjectOf(jail);
  const { minimumBan: minimum, maximumAttempts: maximum, maximumLogSilence: maximumSilence } = parameters;
  const wide = jail.ignored.filter((network) => isWide(parseNetwork(network)));
  return [
    ...judgeSource(jail.source, { guard, service, maximumSilence }, at),
    ...judgeActions(jail),
    ...(wide.length > 0
      ? [because('brute-force.ignores-everyone', { jail: name, networks: wide.join(', ') }, guard)]
      : []),
    ...(banSeconds >= 0 && banSeconds < minimum
      ? [because('brute-force.ban-short', { guard, ban: banSeconds, minimum }, guard)]
      : []),
    ...(attempts > maximum || findSeconds < 60
      ? [because('brute-force.attempts', { jail: name, attempts, find: findSeconds, maximum }, guard)]
      : []),
  ];
}

/** More than 1/256 of all addresses: a network that nobody has to himself. */
function isWide(network: Network | undefined): boolean {
  if (network === undefined) return false;
  const all = network.family === 4 ? 32n : 128n;
  return network.last - network.first >= 1n << (all - 8n);
}

function judgeActions(jail: Jail): Reason[] {
  const { name: jailName, actions, bansNow } = jail;
  const guard = subjectOf(jail);
  const closing = actions.filter(({ tool }) => tool !== 'none' && tool !== 'other');
  if (closing.length === 0) {
    const code = actions.some(({ tool }) => tool === 'other') ? 'brute-force.action-unclear' : 'brute-force.no-action';
    return [because(code, { jail: jailName, actions: describe(jail) }, guard)];
  }
  const found = closing.map((action) => judgeHook(action, bansNow, jail));
  // One that works is enough.
  return found.includes(undefined) ? [] : found.flatMap((reason) => reason ?? []);
}

/** fail2ban makes its chain or set when it first bans: until then none need be there. Those of ufw and firewalld always are. */
function judgeHook({ name, tool, hook }: Action, bansNow: boolean, jail: Jail): Reason | undefined {
  const guard = subjectOf(jail);
  if (hook === null) return because('brute-force.action-unclear', { jail: jail.name, actions: name }, guard);
  if (hook.state === 'unreadable') return obstacleReason(hook.obstacle, guard);
  if (hook.value === 'reached') return undefined;
  const isOnDemand = tool === 'nftables' || tool === 'iptables';
  if (hook.value === 'absent' && isOnDemand && !bansNow) return undefined;
  return because('brute-force.ban-ineffective', { guard, what: `${name}: ${hook.value}` }, guard);
}

function closesPort({ actions }: Jail, port: number): boolean | undefined {
  const answers = actions
    .filter(({ tool }) => tool !== 'none' && tool !== 'other')
    .map(({ ports }) => (ports === null ? true : listsPort(ports, port)));
  return answers.includes(true) ? true : answers.includes(undefined) ? undefined : false;
}

function describePorts({ actions }: Jail): string {
  return [...new Set(actions.flatMap(({ ports }) => ports ?? []))].join('; ').slice(0, 300) || '-';
}

function describe({ actions }: Jail): string {
  return (
    actions
      .map(({ name }) => name)
      .join(', ')
      .slice(0, 300) || '-'
  );
}

function subjectOf({ name }: Jail): string {
  return `fail2ban ${name}`;
}
