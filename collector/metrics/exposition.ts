import type { EvidenceLog } from '../log/log.ts';
import { shownVerdicts, type Fleet, type ShownControlState, type ShownVerdict } from '../state/fleet.ts';
import { isCompliant, type HostContent, type HostState } from '../state/host-state.ts';
import type { PolicyShelf } from '../state/shelf.ts';
import { familyHeader, familyNames, sample, timestampSeconds, type FamilyName, type LabelsOf } from './families.ts';
import { LineBook } from './line-book.ts';

/** One host's lines, by family: made when its report arrives and kept as bytes, so that a scrape only joins them. */
interface RenderedHost {
  readonly content: HostContent;
  /** As `Fleet.standing` has it. */
  readonly standing: string;
  readonly lines: Map<FamilyName, Buffer>;
  /** Controls by `policy control verdict`, for the totals of the fleet. */
  readonly controls: readonly { readonly policy: string; readonly control: string; readonly verdict: ShownVerdict }[];
}

type LogGauge =
  'waarborg_log_behind' | 'waarborg_log_scrub_mismatches' | 'waarborg_log_scrub_completed_timestamp_seconds';

/** Figures of the log that others know, read at each scrape. */
export type LogGauges = Partial<Readonly<Record<LogGauge, () => number>>>;

type Lines = ReadonlyMap<FamilyName, Buffer>;

/** The fleet and the organisation as Prometheus scrapes them. */
export class Exposition {
  readonly #fleet: Fleet;
  readonly #shelf: PolicyShelf;
  readonly #log: Pick<EvidenceLog, 'head'>;
  readonly #gauges: LogGauges;
  readonly #anchored: () => ReadonlyMap<string, number>;
  readonly #organisation: (at: Date) => Lines;
  readonly #hosts = new Map<string, RenderedHost>();
  #totals: ReadonlyMap<FamilyName, Buffer> | undefined;

  /**
   * @param anchored how many entries each third party vouches for, by its name
   * @param organisation what people show, which is asked at each scrape
   */
  constructor(
    fleet: Fleet,
    shelf: PolicyShelf,
    log: Pick<EvidenceLog, 'head'>,
    gauges: LogGauges = {},
    anchored: () => ReadonlyMap<string, number> = () => new Map(),
    organisation: (at: Date) => Lines = () => new Map(),
  ) {
    this.#fleet = fleet;
    this.#shelf = shelf;
    this.#log = log;
    this.#gauges = gauges;
    this.#anchored = anchored;
    this.#organisation = organisation;
  }

  /** Renders a host anew, because it reported. */
  update(host: HostState, at: Date): void {
    const standing = this.#fleet.standing(host, at);
    const rendered = this.#hosts.get(host.agent);
    if (rendered?.content === host.content && rendered.standing === standing) {
      // Most reports say only that all is still as it was: of their lines one is another.
      rendered.lines.set(lastReport, Buffer.from(lastReportLine(host)));
      return;
    }
    const lines = renderHost(host, this.#fleet.controls(host, at), this.#shelf);
    this.#hosts.set(host.agent, { content: host.content, standing, ...lines });
    this.#totals = undefined;
  }

  /** Drops the series of a host that is no longer shown. */
  remove(agent: string): void {
    this.#hosts.delete(agent);
    this.#totals = undefined;
  }

  /** Text format 0.0.4. */
  render(at: Date): Buffer {
    this.#ageHosts(at);
    this.#totals ??= this.#renderTotals();
    const organisation = this.#organisation(at);
    const log = this.#renderLog();
    const hosts = [...this.#hosts].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, rendered]) => rendered.lines);
    const chunks: Buffer[] = [];
    for (const family of familyNames) {
      const lines = [...hosts, this.#totals, organisation, log].flatMap((source) => source.get(family) ?? []);
      if (lines.length > 0) chunks.push(familyHeader(family), ...lines);
    }
    return Buffer.concat(chunks);
  }

  /** A host that fell silent since it was rendered must not stay green, nor an exception outlive its end. */
  #ageHosts(at: Date): void {
    for (const host of this.#fleet.hosts()) {
      if (this.#hosts.get(host.agent)?.standing !== this.#fleet.standing(host, at)) this.update(host, at);
    }
  }

  #renderTotals(): ReadonlyMap<FamilyName, Buffer> {
    const lines = new LineBook();
    for (const { agent } of this.#fleet.neverSeen()) {
      lines.add(lastReport, { host: agent }, 0);
    }
    const counted = [...this.#hosts.values()].flatMap(({ controls }) => controls);
    for (const [policy, controls] of Map.groupBy(counted, (one) => one.policy)) {
      for (const [verdict, count] of countShown(controls)) {
        lines.add('waarborg_policy_controls', { policy, verdict }, count);
      }
      for (const [control, ofControl] of Map.groupBy(controls, (one) => one.control)) {
        for (const [verdict, count] of countShown(ofControl)) {
          lines.add('waarborg_control_hosts', { policy, control, verdict }, count);
        }
      }
    }
    this.#renderControlInfo(lines);
    return lines.bytes();
  }

  #renderControlInfo(lines: LineBook): void {
    const newest = new Map<string, { version: number; digest: string }>();
    for (const { policy, version, digest } of this.#fleet.hosts().flatMap(({ content }) => content.policies)) {
      if (version > (newest.get(policy)?.version ?? 0)) newest.set(policy, { version, digest });
    }
    for (const [policy, { digest }] of [...newest].sort(([a], [b]) => (a < b ? -1 : 1))) {
      for (const { id, clause, severity, title } of this.#shelf.get(digest)?.controls ?? []) {
        lines.add('waarborg_control_info', { policy, control: id, clause, severity, title: title.en }, 1);
      }
    }
  }

  #renderLog(): ReadonlyMap<FamilyName, Buffer> {
    const lines = new LineBook();
    lines.add('waarborg_log_size_entries', {}, this.#log.head.size);
    lines.add('waarborg_log_checkpoint_timestamp_seconds', {}, timestampSeconds(this.#log.head.receivedAt));
    for (const [name, read] of Object.entries(this.#gauges)) lines.add(name as keyof LogGauges, {}, read());
    for (const [anchor, size] of this.#anchored()) lines.add('waarborg_log_anchored_entries', { anchor }, size);
    return lines.bytes();
  }
}

const lastReport = 'waarborg_host_last_report_timestamp_seconds';

function lastReportLine({ agent, issuedAt }: HostState): string {
  return sample(lastReport, { host: agent }, timestampSeconds(issuedAt));
}

function renderHost(
  host: HostState,
  controls: readonly ShownControlState[],
  shelf: PolicyShelf,
): Pick<RenderedHost, 'lines' | 'controls'> {
  const { agent, content, issuedAt } = host;
  const lines = new LineBook();
  lines.add('waarborg_host_info', { host: agent, agent_version: content.host.agentVersion, os: content.host.os }, 1);
  lines.add(lastReport, { host: agent }, timestampSeconds(issuedAt));
  for (const [policy, ofPolicy] of Map.groupBy(controls, (control) => control.policy)) {
    for (const [verdict, count] of countShown(ofPolicy)) {
      lines.add('waarborg_host_controls', { host: agent, policy, verdict }, count);
    }
  }
  for (const { policy, control, verdict, failingSince } of controls) {
    const severity = shelf.control(content.policies, policy, control)?.severity ?? 'warning';
    const labels = { host: agent, policy, control, severity, verdict };
    lines.add('waarborg_control_compliant', labels, isCompliant(verdict) ? 1 : 0);
    if (failingSince !== null) {
      lines.add(
        'waarborg_control_failing_since_timestamp_seconds',
        { host: agent, policy, control },
        timestampSeconds(failingSince),
      );
    }
  }
  for (const { family, labels, value } of Object.values(content.measures).flat()) {
    lines.add(family, { ...labels, host: agent } as LabelsOf<typeof family>, value);
  }
  return { lines: lines.bytes(), controls };
}

/** Every verdict has its series, so that one which vanishes is seen as 0 and not as absent. */
function countShown(controls: readonly { verdict: ShownVerdict }[]): [ShownVerdict, number][] {
  return shownVerdicts.map((verdict) => [verdict, controls.filter((control) => control.verdict === verdict).length]);
}
