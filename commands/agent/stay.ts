import { join } from 'node:path';
import pLimit from 'p-limit';
import type { Logger } from 'pino';
import { lockFolder } from '../../agent/lock.ts';
import { spareMemory } from '../../agent/memory.ts';
import { keepSchedule, pause, type Errand, type Standing } from '../../agent/resident.ts';
import { untilSignal } from '../signals.ts';
import { exitUsage } from '../subcommand.ts';
import { compilingEnvironment, runChild, type Ended } from './child.ts';
import { agentLog } from './log.ts';
import { taskOf, type PlannedAgent, type Task } from './message.ts';
import { maximumRuns } from './turns.ts';

/** Seconds before services are watched again where their watch ended. */
const watchAgainAfter = 30;

/**
 * Stays, and has the agents of an agent.yaml work on their schedules until a signal. It holds next to nothing itself: each
 * run is a process of its own, which gives its memory back when it ends.
 * @throws LockedError, DataFolderError
 */
export async function stay(config: string): Promise<void> {
  const log = agentLog();
  await untilSignal(async (signal) => {
    const { answer, how } = await runChild(wordsOf(config, 'plan'), signal);
    if (signal.aborted) return;
    const plan = planIn(answer);
    if (plan === undefined) {
      // The child has told why, unless it was ended from outside.
      if (how !== exitUsage) log.error({ code: 'agent.child-failed', how }, 'the settings could not be read');
      process.exitCode = exitUsage;
      return;
    }
    using locks = new DisposableStack();
    for (const { data } of plan) locks.use(lockFolder(join(data, 'resident')));
    const limit = pLimit(maximumRuns);
    const inTurn = (run: () => Promise<Ended>): Promise<Ended> => limit(run);
    spareMemory();
    await Promise.all(plan.map((agent) => stayWith(agent, { log, inTurn }, signal)));
  });
}

interface Shared {
  readonly log: Logger;
  /** Lets children begin only when it is their turn. */
  readonly inTurn: (run: () => Promise<Ended>) => Promise<Ended>;
}

async function stayWith(agent: PlannedAgent, { log, inTurn }: Shared, signal: AbortSignal): Promise<void> {
  const { config, host, splay, watches } = agent;
  const ownLog = host === undefined ? log : log.child({ host });
  const env = host === undefined ? process.env : compilingEnvironment();
  const run = async (errand: Errand): Promise<Standing> => {
    const task = taskOf(errand);
    const { answer, how } = await inTurn(() => runChild(wordsOf(config, task), signal, { env }));
    const standing = standingIn(answer);
    if (standing !== undefined || signal.aborted) return standing ?? { state: 'failed' };
    ownLog.error({ code: 'agent.child-failed', task, how }, 'a run ended before its time; it is begun again');
    return { state: 'failed' };
  };
  await Promise.all([
    keepSchedule({ splay, run, random: Math.random }, signal),
    watches ? keepWatching(config, ownLog, signal) : undefined,
  ]);
}

async function keepWatching(config: string, log: Logger, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    const { how } = await runChild(wordsOf(config, 'watch'), signal);
    if (isOver(signal)) return;
    log.error({ code: 'agent.child-failed', task: 'watch', how }, 'the watch ended before its time; it is begun again');
    await pause(watchAgainAfter, signal);
  }
}

function wordsOf(config: string, task: Task): string[] {
  return ['agent', '--config', config, '--task', task];
}

/** What a child answered comes from the same program, or from one that was put into its place a moment ago. */
function planIn(answer: unknown): readonly PlannedAgent[] | undefined {
  return isObject(answer) && Array.isArray(answer.plan) ? (answer.plan as PlannedAgent[]) : undefined;
}

function standingIn(answer: unknown): Standing | undefined {
  if (!isObject(answer) || !isObject(answer.standing)) return undefined;
  const { state, after, next } = answer.standing;
  if (typeof next !== 'number') return undefined;
  if (state === 'done') return { state, next };
  return state === 'waiting' && typeof after === 'number' ? { state, after, next } : undefined;
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}

/** Asked anew each time: it changes while something is awaited. */
function isOver(signal: AbortSignal): boolean {
  return signal.aborted;
}
