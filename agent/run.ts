import { release, type, version as osVersion } from 'node:os';
import { observe, type Observation } from '../policies/observe.ts';
import { checkKind } from '../policies/checks/index.ts';
import { read, unreadable, type Reading } from '../policies/reading.ts';
import type { Policy } from '../policies/load.ts';
import type { Labels } from '../policies/schema.ts';
import { selectControls } from '../policies/select.ts';
import type { Collector, CollectContext } from './collect/collector.ts';
import { collectors as allCollectors } from './collect/index.ts';
import { rememberOnce } from './collect/once.ts';
import { defaultLimits, settingsFor, type HostSettings, type Limits } from './settings.ts';

export interface RunInput extends Omit<CollectContext, 'signal' | 'once'> {
  readonly policies: readonly Policy[];
  readonly labels: Labels;
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
  const once = rememberOnce();
  await Promise.all(
    [...wanted.keys()].sort().map(async (kind) => {
      input.onProgress?.(kind, 'begins');
      const parameters = (wanted.get(kind) ?? []).map(({ control }) => control.with);
      facts.set(
        kind,
        encodeFacts(kind, await collectWithin(kind, parameters, { ...input, once }, limits.check, runSignal)),
      );
      input.onProgress?.(kind, 'ends');
    }),
  );
  const observations = selected.map(({ policy, control }) =>
    observe(policy, control, JSON.parse(facts.get(control.check) ?? 'null'), input.at),
  );
  return { at: input.at, facts: new Map([...facts].sort()), observations };
}

/** Facts of one kind that are longer are not sent, and unknown: one kind must not keep all others from being reported. */
const maximumFacts = 4 * 2 ** 20;

function encodeFacts(kind: string, facts: Reading<unknown>): string {
  const text = JSON.stringify(facts);
  return Buffer.byteLength(text) > maximumFacts ? JSON.stringify(unreadable('too-large', `facts of ${kind}`)) : text;
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
    return await Promise.race([collected, givenUp]);
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
    const facts = await collector.collect(context, settings, wanted);
    const [issue] = checkKind(collector.kind)?.facts.safeParse(facts).error?.issues ?? [];
    if (issue === undefined) return read(facts);
    return unreadable('internal', what, `facts of another form: ${issue.path.join('.')}: ${issue.message}`);
  } catch (error) {
    return unreadable('internal', what, error instanceof Error ? error.message : String(error));
  }
}

/** The operating system as people name it. */
export function describeOs(osRelease: Reading<string>): string {
  const pretty = osRelease.state === 'read' ? /^PRETTY_NAME="?([^"\n]*)"?$/m.exec(osRelease.value)?.[1] : undefined;
  return (pretty ?? `${type()} ${release()} ${osVersion()}`).slice(0, 200);
}
