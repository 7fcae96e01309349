import { timestampSeconds, type FamilyName, type LabelsOf } from './families.ts';
import { LineBook } from './line-book.ts';
import { shownVerdicts, type Freshness, type ShownControlState, type ShownVerdict } from '../state/fleet.ts';
import { isCompliant, type HostContent, type HostState } from '../state/host-state.ts';
import type { PolicyShelf } from '../state/shelf.ts';
import { secondsBetween } from '../../policies/quantities.ts';
import { sample } from './format.ts';

/** Where the lines lie of controls that are kept: apart, since a large fleet goes without them. */
export const keptControls = 'kept controls';
export type LineKey = FamilyName | typeof keptControls;

/** What every report changes, however little it says. */
export const volatileFamilies = [
  'waarborg_host_last_report_timestamp_seconds',
  'waarborg_host_delivery_delay_seconds',
] as const satisfies readonly FamilyName[];
export type VolatileFamily = (typeof volatileFamilies)[number];

/** One host's lines, by family: made when its report arrives, so that a scrape only joins them. */
export interface RenderedHost {
  readonly content: HostContent;
  /** As `Fleet.standing` has it. */
  readonly standing: string;
  readonly freshness: Freshness['state'];
  readonly lines: ReadonlyMap<LineKey, string>;
  /** As shown, of each of the content's controls. */
  readonly verdicts: readonly ShownVerdict[];
}

/** The lines that every report changes. */
export function renderVolatile({ agent, issuedAt, receivedAt }: HostState): Record<VolatileFamily, string> {
  const labels = { host: agent };
  return {
    waarborg_host_last_report_timestamp_seconds: sample(
      'waarborg_host_last_report_timestamp_seconds',
      labels,
      timestampSeconds(issuedAt),
    ),
    waarborg_host_delivery_delay_seconds: sample(
      'waarborg_host_delivery_delay_seconds',
      labels,
      secondsBetween(issuedAt, receivedAt),
    ),
  };
}

/** All other lines. */
export function renderHost(
  { agent, content }: HostState,
  controls: readonly ShownControlState[],
  shelf: PolicyShelf,
): ReadonlyMap<LineKey, string> {
  const lines = new LineBook();
  lines.add('waarborg_host_info', { host: agent, agent_version: content.host.agentVersion, os: content.host.os }, 1);
  for (const [policy, ofPolicy] of Map.groupBy(controls, (control) => control.policy)) {
    for (const [verdict, count] of countShown(ofPolicy)) {
      lines.add('waarborg_host_controls', { host: agent, policy, verdict }, count);
    }
  }
  const kept = new LineBook();
  for (const { policy, control, verdict, failingSince } of controls) {
    const severity = shelf.control(content.policies, policy, control)?.severity ?? 'warning';
    const labels = { host: agent, policy, control, severity, verdict };
    const value = isCompliant(verdict) ? 1 : 0;
    (value === 1 ? kept : lines).add('waarborg_control_compliant', labels, value);
    if (failingSince === null) continue;
    const since = timestampSeconds(failingSince);
    lines.add('waarborg_control_failing_since_timestamp_seconds', { host: agent, policy, control }, since);
  }
  for (const { family, labels, value } of Object.values(content.measures).flat()) {
    lines.add(family, { ...labels, host: agent } as LabelsOf<typeof family>, value);
  }
  const rendered = new Map<LineKey, string>(lines.texts());
  for (const text of kept.texts().values()) rendered.set(keptControls, text);
  return rendered;
}

/** Every verdict has its series, so that one which vanishes is seen as 0 and not as absent. */
function countShown(controls: readonly { verdict: ShownVerdict }[]): [ShownVerdict, number][] {
  return shownVerdicts.map((verdict) => [verdict, controls.filter((control) => control.verdict === verdict).length]);
}
