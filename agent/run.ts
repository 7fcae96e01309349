import { release, type, version as osVersion } from 'node:os';
import { constants, zstdCompressSync } from 'node:zlib';
import { z } from 'zod';
import { maximumPartSize } from '../evidence/exchange.ts';
import { observerOf, readFacts, type Observation } from '../policies/observe.ts';
import { checkKind } from '../policies/checks/index.ts';
import type { ReadFacts } from '../policies/checks/kind.ts';
import { read, unreadable, type Reading } from '../policies/reading.ts';
import type { Policy } from '../policies/load.ts';
import type { Control } from '../policies/schema.ts';
import { selectControls } from '../policies/select.ts';
import { UnreadableError, type Collector, type CollectContext } from './collect/collector.ts';
import { collectors as allCollectors } from './collect/index.ts';
import { rememberOnce } from './collect/once.ts';
import type { Host } from './host/host.ts';
import { defaultLimits, settingsFor, type HostSettings, type Limits } from './settings.ts';

export interface RunInput extends Omit<CollectContext, 'signal' | 'once'> {
  readonly policies: readonly Policy[];
  readonly settings: HostSettings;
  readonly limits?: Pick<Limits, 'check' | 'run'>;
  /** Ends the run before its time; what has not been read by then is unknown. */
  readonly stop?: AbortSignal;
  /** Every collector, unless a test gives its own. */
  readonly collectors?: readonly Collector[];
  /** Told when a check kind begins and when it ends. */
  readonly onProgress?: (kind: string, state: 'begins' | 'ends') => void;
}

/** What one run found. Facts are the very JSON text that the observations rest on. */
export interface Run {
  readonly at: Date;
  readonly facts: ReadonlyMap<string, string>;
  readonly observations: readonly Observation[];
}

/**
 * Reads the host once for all policies and judges every control that holds for it. Never throws for what a check
 * does: a check that fails or hangs is `unknown`, and the others run on.
 */
export async function runChecks(input: RunInput): Promise<Run> {
  const selected = input.policies.flatMap((policy) =>
    selectControls(policy, input.labels).map((control) => ({ policy: policy.policy, control })),
  );
  const wanted = Map.groupBy(selected, ({ control }) => control.check);
  const limits = input.limits ?? defaultLimits;
  const deadline = AbortSignal.timeout(limits.run * 1000);
  const runSignal = input.stop === undefined ? deadline : AbortSignal.any([deadline, input.stop]);
  const facts = new Map<string, string>();
  const observed = new Map<Control, Observation>();
  const once = rememberOnce();
  await Promise.all(
    [...wanted.keys()].sort().map(async (kind) => {
      input.onProgress?.(kind, 'begins');
      const controls = wanted.get(kind) ?? [];
      const parameters = controls.map(({ control }) => control.with);
      const collected = await collectText(kind, parameters, { ...input, once }, limits.check, runSignal);
      const { text, read: judge } = readText(kind, collected);
      // At once: what is read of it need not be held in memory beside that of other kinds.
      for (const { policy, control } of controls) {
        observed.set(control, observerOf(policy, control, judge)(input.at).observation);
      }
      facts.set(kind, text);
      input.onProgress?.(kind, 'ends');
    }),
  );
  const observations = selected.flatMap(({ control }) => observed.get(control) ?? []);
  return { at: input.at, facts: new Map([...facts].sort(([a], [b]) => (a < b ? -1 : 1))), observations };
}

/** The bytes of one kind's facts when packed, at most. Beyond them facts are unknown: one kind must not keep all others from being reported. */
const maximumPacked = 3 * 2 ** 20;

/** The very text that is signed, and what the controls are judged by: read from that text, as a verifier will read it. */
interface ReadText {
  readonly text: string;
  readonly read: ReadFacts;
}

function readText(kind: string, text: string): ReadText {
  const what = `check ${kind}`;
  if (isTooLarge(text)) return readText(kind, JSON.stringify(unreadable('too-large', `facts of ${kind}`)));
  try {
    const content: unknown = JSON.parse(text);
    return { text, read: checkKind(kind)?.read(content) ?? readFacts(kind, content) };
  } catch (error) {
    if (!(error instanceof z.ZodError)) throw error;
    const [issue] = error.issues;
    const why = `facts of another form: ${issue?.path.slice(1).join('.') ?? ''}: ${issue?.message ?? ''}`;
    return readText(kind, JSON.stringify(unreadable('internal', what, why)));
  }
}

function isTooLarge(text: string): boolean {
  const length = Buffer.byteLength(text);
  if (length <= maximumPacked) return false;
  if (length > maximumPartSize) return true;
  return zstdCompressSync(text, { params: { [constants.ZSTD_c_compressionLevel]: 1 } }).length > maximumPacked;
}

/** As text, so that nothing holds in memory what was collected while it is read from there and judged. */
async function collectText(...asked: Parameters<typeof collectWithin>): Promise<string> {
  return JSON.stringify(await collectWithin(...asked));
}

async function collectWithin(
  kind: string,
  wanted: readonly unknown[],
  input: RunInput & Pick<CollectContext, 'once'>,
  seconds: number,
  runSignal: AbortSignal,
): Promise<Reading<unknown>> {
  const what = `check ${kind}`;
  const collector = (input.collectors ?? allCollectors).find((candidate) => candidate.kind === kind);
  if (collector === undefined) return unreadable('unsupported', what, 'this agent has no collector for it');
  const deadline = new AbortController();
  const signal = AbortSignal.any([deadline.signal, runSignal]);
  const timer = setTimeout(() => deadline.abort(), seconds * 1000);
  // A collector that does not heed the signal is left behind: its answer no longer counts.
  const givenUp = new Promise<Reading<unknown>>((resolve) =>
    signal.addEventListener('abort', () => resolve(unreadable('timeout', what)), { once: true }),
  );
  if (signal.aborted) return unreadable('timeout', what);
  try {
    const collected = collect(collector, { ...input, signal }, settingsFor(collector, input.settings), wanted);
    const facts = await Promise.race([collected, givenUp]);
    // A host that went away meanwhile may look like one on which there is nothing: what was read of it does not count.
    return input.host.lost ?? facts;
  } finally {
    clearTimeout(timer);
  }
}

async function collect(
  collector: Collector,
  context: CollectContext,
  settings: HostSettings,
  wanted: readonly unknown[],
): Promise<Reading<unknown>> {
  const what = `check ${collector.kind}`;
  try {
    return read(await collector.collect(context, settings, wanted));
  } catch (error) {
    if (error instanceof UnreadableError) return error.obstacle;
    return unreadable('internal', what, error instanceof Error ? error.message : String(error));
  }
}

/** The operating system as people name it. */
export function describeOs(osRelease: Reading<string>): string {
  const pretty = osRelease.state === 'read' ? /^PRETTY_NAME="?([^"\n]*)"?$/m.exec(osRelease.value)?.[1] : undefined;
  return (pretty ?? `${type()} ${release()} ${osVersion()}`).slice(0, 200);
}

/** The same of a host that need not be this machine. */
export async function osOf(host: Host): Promise<string> {
  const osRelease = await host.readText('/etc/os-release');
  const isElsewhere = host.readOver !== undefined;
  return isElsewhere && osRelease.state === 'unreadable' ? 'unknown' : describeOs(osRelease);
}
