import { execFile } from 'node:child_process';
import { createPrivateKey } from 'node:crypto';
import { cpSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { evidenceForReading } from '../../../collector/store/store.ts';
import { isMismatch, scrub } from '../../../collector/log/scrub.ts';
import type { Submission } from '../../../evidence/exchange.ts';
import { logSigner } from '../../../evidence/note.ts';
import { draftReport, enrolHand, send } from '../../collector/ingest/submissions.ts';
import { collectorOn, origin } from '../../support/road.ts';
import { tool } from '../../support/tools.ts';
import { indexOf } from './receipts.ts';

/** The calls by which a collector puts something on disk, and the ways in which each can fail. */
export const faults = {
  fsync: ['signal=KILL', 'error=EIO'],
  fdatasync: ['signal=KILL', 'error=EIO'],
  pwrite64: ['signal=KILL', 'error=EIO', 'error=ENOSPC'],
  rename: ['signal=KILL', 'error=EIO'],
} as const;

export type Call = keyof typeof faults;
export const calls = Object.keys(faults) as Call[];

/** One fault at one call of a collector's life. */
export interface Case {
  readonly call: Call;
  readonly fault: string;
  /** The call's number among its like, from 1. */
  readonly when: number;
}

/** What a fault left behind; sound where `wrong` is empty. */
export interface Outcome {
  readonly case: Case;
  /** The process's end: an exit code, or the signal. */
  readonly end: string;
  readonly acknowledged: number;
  readonly lost: number;
  readonly wrong: readonly string[];
}

/** How many reports a collector is sent in its life under faults. */
const reports = 3;

/** A data folder with an enrolled agent, and the reports that it sends next. */
export interface Scene {
  readonly folder: string;
  readonly submissions: readonly Submission[];
}

export async function prepare(folder: string): Promise<Scene> {
  await using collector = await collectorOn(join(folder, 'data'));
  const hand = await enrolHand(collector, 'web1.example.nl');
  const first = draftReport(hand);
  await send(collector, first);
  const submissions: Submission[] = [];
  let prev = first.digest;
  for (let seq = 2; seq < 2 + reports; seq += 1) {
    const draft = draftReport(hand, { seq, prev });
    submissions.push(draft.submission);
    prev = draft.digest;
  }
  writeFileSync(join(folder, 'submissions.json'), JSON.stringify(submissions));
  return { folder, submissions };
}

/** How often each call is made in a life without faults. */
export async function countCalls(scene: Scene): Promise<Readonly<Record<Call, number>>> {
  const { trace } = await runDriver(scene, 'dry', [`--trace=${calls.join(',')}`]);
  const lines = trace.split('\n');
  const count = (call: Call): number => lines.filter((line) => line.includes(` ${call}(`)).length;
  return { fsync: count('fsync'), fdatasync: count('fdatasync'), pwrite64: count('pwrite64'), rename: count('rename') };
}

export function casesOf(counts: Readonly<Record<Call, number>>): Case[] {
  return calls.flatMap((call) =>
    faults[call].flatMap((fault) => Array.from({ length: counts[call] }, (_, at) => ({ call, fault, when: at + 1 }))),
  );
}

/** Runs a collector into a fault, then opens what it left, and sends all reports again. */
export async function runCase(scene: Scene, one: Case): Promise<Outcome> {
  const name = `${one.call}-${one.fault.replace('=', '-')}-${one.when}`;
  const inject = `--inject=${one.call}:${one.fault}:when=${one.when}`;
  const { end, stdout, trace } = await runDriver(scene, name, [`--trace=${one.call}`, inject]);
  const acknowledged = new Map(
    stdout
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => line.split(' ').map(Number) as [number, number]),
  );
  const data = join(scene.folder, name, 'data');
  const wrong: string[] = [];
  if (!/\(INJECTED\)|killed by SIGKILL/.test(trace)) wrong.push('the fault was not injected');
  wrong.push(...mismatches(data));
  const places = await sendAgain(data, scene.submissions, wrong).catch((error: unknown) => {
    wrong.push(`it cannot be opened again: ${String(error)}`);
    return [];
  });
  wrong.push(...mismatches(data));
  const lost = [...acknowledged].filter(([at, index]) => places[at] !== index);
  for (const [at, index] of lost)
    wrong.push(`report ${at} was proven at ${index}, and is now at ${places[at] ?? 'none'}`);
  rmSync(join(scene.folder, name), { recursive: true });
  return { case: one, end, acknowledged: acknowledged.size, lost: lost.length, wrong };
}

/** @returns where each report stands */
async function sendAgain(data: string, submissions: readonly Submission[], wrong: string[]): Promise<number[]> {
  await using collector = await collectorOn(data);
  const places: number[] = [];
  for (const submission of submissions) {
    const answer = await send(collector, { submission });
    const index = indexOf(answer);
    if (index === undefined) wrong.push(`a report is refused after the fault: ${JSON.stringify(answer.body)}`);
    else places.push(index);
  }
  if (new Set(places).size !== submissions.length) wrong.push(`two reports share a place: ${places.join(', ')}`);
  return places;
}

/** All that SQLite and the scrubber find wrong, and reports that are there twice. */
function mismatches(data: string): string[] {
  const database = evidenceForReading(data);
  try {
    const [check] = database.prepare('PRAGMA integrity_check').all();
    const sums = database.prepare('SELECT count(*) AS rows, count(DISTINCT seq) AS seqs FROM reports').get();
    const { key } = logSigner(origin, createPrivateKey(readFileSync(join(data, 'log.key'))));
    return [
      ...(check?.integrity_check === 'ok' ? [] : [`integrity check: ${String(check?.integrity_check)}`]),
      ...(sums?.rows === sums?.seqs ? [] : ['a report is there twice']),
      ...[...scrub(database, [key])].filter(isMismatch).map(({ where, message }) => `${where}: ${message}`),
    ];
  } finally {
    database.close();
  }
}

interface Driven {
  readonly end: string;
  readonly stdout: string;
  readonly trace: string;
}

/** Runs the driver under strace(1), on a copy of the scene's data folder and guard. */
function runDriver({ folder }: Scene, name: string, options: readonly string[]): Promise<Driven> {
  for (const part of ['data', 'data-guard']) cpSync(join(folder, part), join(folder, name, part), { recursive: true });
  const output = join(folder, name, 'trace');
  const driver = join(import.meta.dirname, 'driver.ts');
  const command = [process.execPath, driver, join(folder, name, 'data'), join(folder, 'submissions.json')];
  const args = ['-f', '-qq', '-o', output, ...options, ...command];
  return new Promise((resolve) => {
    execFile(tool('strace') ?? 'strace', args, (error, stdout) => {
      const end = String(error?.signal ?? error?.code ?? 0);
      resolve({ end, stdout, trace: readFileSync(output, 'utf8') });
    });
  });
}

/** Runs cases, two at a time, and sums up. */
export async function runCases(
  scene: Scene,
  cases: readonly Case[],
  onOutcome: (outcome: Outcome) => void = () => undefined,
) {
  const outcomes: Outcome[] = [];
  const waiting = [...cases];
  const work = async (): Promise<void> => {
    for (let one = waiting.shift(); one !== undefined; one = waiting.shift()) {
      const outcome = await runCase(scene, one);
      outcomes.push(outcome);
      onOutcome(outcome);
    }
  };
  await Promise.all([work(), work()]);
  return outcomes;
}

/** The figure: how many cases, how many reports had been proven in them, and how many of those were lost. */
export function sumUp(outcomes: readonly Outcome[]): string {
  const acknowledged = outcomes.reduce((sum, outcome) => sum + outcome.acknowledged, 0);
  const lost = outcomes.reduce((sum, outcome) => sum + outcome.lost, 0);
  const wrong = outcomes.filter((outcome) => outcome.wrong.length > 0).length;
  const ends = Object.entries(Object.groupBy(outcomes, ({ end }) => end)).map(
    ([end, of]) => `${of?.length ?? 0} ended with ${end}`,
  );
  return `${outcomes.length} injected faults (${ends.join(', ')}): ${acknowledged} reports proven, ${lost} lost, ${wrong} cases wrong`;
}
