import { isOlder, millisecondsOf } from '../../moments.ts';
import { isFuture } from '../../quantities.ts';
import { obstacleReason } from '../../reading.ts';
import type { Reason } from '../../reasons.ts';
import type { BruteForceFacts, Detector, Interface, Log } from './facts.ts';
import type { BruteForceParameters } from './parameters.ts';
import { because } from './reasons.ts';
import { endOf, startOf } from './source.ts';

/** Whether something watches for intruders. Of several the best counts: an old AIDE beside a sound Suricata does no harm. */
export function judgeDetection(
  detectors: BruteForceFacts['detectors'],
  parameters: BruteForceParameters,
  at: Date,
): Reason[] {
  if (detectors.state === 'unreadable') return [obstacleReason(detectors.obstacle)];
  if (detectors.value.length === 0) return [because('brute-force.no-detection', {})];
  const found = detectors.value.map((detector) => judgeDetector(detector, parameters, at));
  const sound = found.filter(({ verdict }) => verdict === 'pass');
  return sound.length > 0 ? sound : found;
}

function judgeDetector(detector: Detector, parameters: BruteForceParameters, at: Date): Reason {
  switch (detector.program) {
    case 'Suricata':
      return judgeSuricata(detector, parameters, at);
    case 'Snort':
      return (
        judgeInterfaces(detector.program, detector.interfaces) ??
        because('brute-force.snort-unclear', { interfaces: namesOf(detector.interfaces) }, 'Snort')
      );
    case 'Wazuh':
    case 'OSSEC':
      return judgeManager(detector, at);
    case 'AIDE':
      return judgeAide(detector, parameters, at);
  }
}

type Suricata = Detector & { program: 'Suricata' };

function judgeSuricata(
  { rules, rulesWrittenAt, interfaces, log }: Suricata,
  { maximumRuleAge: maximum, maximumLogSilence }: BruteForceParameters,
  at: Date,
): Reason {
  const program = 'Suricata';
  if (rules.state === 'unreadable') return obstacleReason(rules.obstacle, program);
  if (interfaces.state === 'unreadable') return obstacleReason(interfaces.obstacle, program);
  const { loaded, failed, loadedAt } = rules.value;
  const unwatched = judgeInterfaces(program, interfaces.value);
  if (unwatched !== undefined) return unwatched;
  if (loaded === 0) return because('brute-force.no-rules', { failed }, program);
  if (rulesWrittenAt.state === 'unreadable') return obstacleReason(rulesWrittenAt.obstacle, program);
  const written = rulesWrittenAt.value;
  for (const moment of [loadedAt, written]) {
    if (isFuture(moment, at)) return because('brute-force.moment-future', { program, moment }, program);
  }
  if (isOlder(written, maximum, at)) return because('brute-force.rules-old', { written, maximum }, program);
  // Loading takes minutes; a day later it was forgotten.
  if (millisecondsOf(loadedAt) < millisecondsOf(written) && isOlder(written, 86_400, at)) {
    return because('brute-force.rules-not-loaded', { loaded: loadedAt, written }, program);
  }
  const watched = namesOf(interfaces.value);
  return (
    judgeLog(program, log, maximumLogSilence, at) ??
    because('brute-force.suricata-works', { interfaces: watched, rules: loaded, written }, program)
  );
}

/** Its figures, which it notes all the time, stand in the same file as its alerts. */
function judgeLog(program: string, { path, written }: Log, maximum: number, at: Date): Reason | undefined {
  if (written.state === 'unreadable') return obstacleReason(written.obstacle, program);
  const { on } = written.value;
  if (isFuture(startOf(on), at)) {
    return because('brute-force.moment-future', { program, moment: startOf(on) }, program);
  }
  if (!isOlder(endOf(on), maximum, at)) return undefined;
  return because('brute-force.detection-silent', { program, path, on, maximum }, program);
}

function judgeInterfaces(program: string, interfaces: readonly Interface[]): Reason | undefined {
  if (interfaces.some(({ state }) => state === 'up')) return undefined;
  const queues = interfaces.filter(({ state }) => state === 'queue');
  if (queues.length > 0) {
    return because('brute-force.queue-unclear', { program, interfaces: namesOf(queues) }, program);
  }
  return because('brute-force.no-interface', { program, interfaces: namesOf(interfaces) }, program);
}

function namesOf(interfaces: readonly Interface[]): string {
  return interfaces.map(({ name }) => name).join(', ') || '-';
}

function judgeManager({ program, connection }: Detector & { program: 'Wazuh' | 'OSSEC' }, at: Date): Reason {
  if (connection.state === 'unreadable') return obstacleReason(connection.obstacle, program);
  const { status, answeredOn: on } = connection.value;
  if (on !== null && isFuture(startOf(on), at)) {
    return because('brute-force.moment-future', { program, moment: startOf(on) }, program);
  }
  // The file stays when its program dies: what it says of a connection holds for its own last moment only.
  if (status !== 'connected' || on === null || isOlder(endOf(on), 86_400, at)) {
    return because('brute-force.manager-lost', { program, status, on: on ?? '-' }, program);
  }
  return because('brute-force.manager-connected', { program, on }, program);
}

function judgeAide(
  { databaseAt, lastRun }: Detector & { program: 'AIDE' },
  { maximumScanAge: maximum }: BruteForceParameters,
  at: Date,
): Reason {
  const program = 'AIDE';
  if (databaseAt.state === 'unreadable') {
    if (databaseAt.obstacle.code === 'missing') return because('brute-force.aide-no-database', {}, program);
    return obstacleReason(databaseAt.obstacle, program);
  }
  if (lastRun.state === 'unreadable') {
    if (lastRun.obstacle.code === 'missing') return because('brute-force.aide-never', {}, program);
    return obstacleReason(lastRun.obstacle, program);
  }
  const { endedAt: ended, found } = lastRun.value;
  if (ended === null || found === 'unclear') return because('brute-force.aide-unfinished', {}, program);
  for (const moment of [ended, databaseAt.value]) {
    if (isFuture(moment, at)) return because('brute-force.moment-future', { program, moment }, program);
  }
  if (isOlder(ended, maximum, at)) return because('brute-force.aide-old', { ended, maximum }, program);
  return because('brute-force.aide-works', { ended, found, database: databaseAt.value }, program);
}
