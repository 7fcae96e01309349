import { loadPolicies, type Policy } from '../../policies/load.ts';
import { selectControls } from '../../policies/select.ts';
import { DocumentError } from '../../policies/yaml.ts';
import { DamagedError } from '../durable.ts';
import { haltOf } from '../forks.ts';
import type { Host } from '../host/host.ts';
import { openHost, type HostToOpen } from '../host/open.ts';
import { loadIdentity, logKeysOf, NotEnrolledError, type Identity, type Way } from '../identity.ts';
import type { LogKeys } from '../../evidence/handover.ts';
import { followHandovers } from '../log-keys.ts';
import type { AgentSettings } from '../settings.ts';
import { reservedBytes, spoolStanding } from '../spool.ts';
import { agentVersion } from '../version.ts';
import { examineClientCertificate } from './client-certificate.ts';
import type { Finding } from './findings.ts';
import { examineFolder } from './folder.ts';
import { reach } from './reach.ts';
import { examineRemote } from './remote.ts';
import { examineRights } from './rights.ts';

/** So many reports may wait between two tries of an agent that is well. */
const usualWaiting = 2;

export interface AgentExamination {
  readonly settings: AgentSettings;
  /** This machine, or the one over SSH that the settings are about. */
  readonly host: Host | HostToOpen;
  readonly now: () => Date;
}

/** Looks at all that an agent needs to report, and changes nothing. */
export async function examineAgent({ settings, host, now }: AgentExamination): Promise<Finding[]> {
  const policies = readPolicies(settings);
  const folder = examineFolder({ data: settings.data, reserved: reservedBytes, service: 'an agent' });
  const isThere = !folder.some(({ code }) => code === 'folder.missing' || code === 'folder.unread');
  const identity = isThere ? readIdentity(settings.data) : undefined;
  const enrolled = identity?.identity;
  const way = wayOf(settings, enrolled);
  return [
    ...policies.findings,
    ...folder,
    ...(identity === undefined ? [] : [identity.finding]),
    ...(enrolled === undefined ? [] : examineSpool(settings, enrolled)),
    ...(way === undefined ? [] : await examineWay(way, { enrolled, data: settings.data, now })),
    ...(await examineHost(host, settings, policies.policies)),
  ];
}

async function examineHost(
  source: AgentExamination['host'],
  settings: AgentSettings,
  policies: readonly Policy[],
): Promise<Finding[]> {
  await using opened = await openHost(source);
  if (settings.ssh !== undefined) return await examineRemote(opened.host, settings.ssh);
  return await examineRights(opened.host, kindsOf(policies, settings));
}

function readPolicies({ policies: references }: AgentSettings): { policies: Policy[]; findings: Finding[] } {
  try {
    const policies = loadPolicies(references);
    const seen = policies.map(({ policy, version }) => `${policy} ${version}`).join(', ');
    return { policies, findings: [{ code: 'policies.read', seen }] };
  } catch (error) {
    if (!(error instanceof DocumentError)) throw error;
    return { policies: [], findings: [{ code: 'policies.unread', seen: error.message }] };
  }
}

function readIdentity(data: string): { identity?: Identity; finding: Finding } {
  try {
    const identity = loadIdentity(data);
    const { agent, epoch, collector } = identity;
    return { identity, finding: { code: 'enrolment.kept', seen: `${agent}, epoch ${epoch}, at ${collector}` } };
  } catch (error) {
    if (error instanceof NotEnrolledError) return { finding: { code: 'enrolment.missing', seen: `none in ${data}` } };
    if (error instanceof DamagedError) return { finding: { code: 'enrolment.damaged', seen: error.message } };
    throw error;
  }
}

/** As the agent goes: the settings come before the enrolment. */
function wayOf({ collector: { url, ca } }: AgentSettings, enrolled: Identity | undefined): Way | undefined {
  const collector = url ?? enrolled?.collector;
  const authority = ca ?? enrolled?.ca;
  if (collector === undefined) return undefined;
  return { collector, ...(authority === undefined ? {} : { ca: authority }) };
}

function examineSpool({ data, limits }: AgentSettings, { logKey }: Identity): Finding[] {
  const { folder, waiting, bytes, setAside } = spoolStanding(data, logKey);
  const found: Finding[] = [];
  const held = haltOf(folder);
  if (held !== undefined) {
    found.push({
      code: 'spool.halted',
      seen: `nothing is delivered since ${held.at}: ${held.why}; see ${held.evidence}`,
    });
  }
  const mebibytes = Math.ceil(bytes / 2 ** 20);
  const isFull = waiting >= limits.spoolReports || mebibytes > limits.spoolMegabytes;
  const most = `${limits.spoolReports} reports and ${limits.spoolMegabytes} MiB at most`;
  const seen = `${waiting} reports wait, ${mebibytes} MiB`;
  if (isFull) found.push({ code: 'spool.full', seen: `${seen}; ${most}` });
  else if (waiting > usualWaiting) found.push({ code: 'spool.waiting', seen: `${seen}; ${most}` });
  if (setAside > 0)
    found.push({ code: 'spool.set-aside', seen: `${setAside} reports were set aside in ${folder}/set-aside` });
  return found.length > 0 ? found : [{ code: 'spool.empty', seen }];
}

interface WayExamination extends Pick<AgentExamination, 'now'> {
  readonly enrolled: Identity | undefined;
  readonly data: string;
}

async function examineWay(way: Way, { enrolled, data, now }: WayExamination): Promise<Finding[]> {
  const { findings, version, logKeys, clientCertificates: wanted } = await reach(way, now);
  const certificate =
    wanted === undefined || enrolled === undefined
      ? []
      : examineClientCertificate(data, enrolled, { wanted, at: now() });
  return [
    ...findings,
    ...(logKeys === undefined || enrolled === undefined ? [] : [judgeLogKey(logKeys, enrolled)]),
    ...certificate,
    ...(version === undefined ? [] : [judgeVersion(version)]),
  ];
}

/** The log may have changed its key since: what the pinned key signed for counts as well. */
function judgeLogKey(shown: LogKeys, enrolled: Identity): Finding {
  const known = logKeysOf(enrolled);
  let later: string[] = [];
  try {
    later = followHandovers(shown.handovers, enrolled);
  } catch {
    // A handover that does not hold leads to no key.
  }
  if ([...known, ...later].includes(shown.logKey)) return { code: 'log-key.pinned', seen: shown.logKey };
  return { code: 'log-key.other', seen: `the collector shows ${shown.logKey}, expected ${known.at(-1) ?? ''}` };
}

function judgeVersion(theirs: string): Finding {
  const order = agentVersion.localeCompare(theirs, 'en', { numeric: true });
  const seen = `this agent is ${agentVersion}, the collector ${theirs}`;
  if (order === 0) return { code: 'version.same', seen };
  return { code: order < 0 ? 'version.older' : 'version.newer', seen };
}

function kindsOf(policies: readonly Policy[], { labels }: AgentSettings): Set<string> {
  return new Set(policies.flatMap((policy) => selectControls(policy, labels).map(({ check }) => check)));
}
