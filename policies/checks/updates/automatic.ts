import { isOlder } from '../../moments.ts';
import { isFuture } from '../../quantities.ts';
import { obstacleReason } from '../../reading.ts';
import type { Reason } from '../../reasons.ts';
import type { Automatic, ManagedFacts } from './facts.ts';
import { dateOf, instantsOf, isTimeZone } from './local-time.ts';
import { because } from './reasons.ts';

/**
 * Judges whether updates install themselves: that it is switched on proves nothing until a run ended well.
 *
 * @param maximum seconds since the last run that ended well
 */
export function judgeAutomatic(facts: ManagedFacts, maximum: number, at: Date): Reason[] {
  if (facts.manager !== 'apt' || facts.automatic === undefined) {
    return [because('updates.automatic-unread', { manager: facts.manager })];
  }
  if (facts.automatic.state === 'unreadable') return [obstacleReason(facts.automatic.obstacle)];
  const off = switchedOff(facts.automatic.value);
  return off.length > 0 ? off : [judgeRuns(facts.automatic.value, maximum, at)];
}

/** apt reads `0` as never, with any unit, and so it does what is not set; only Enable is on unless said (apt.systemd.daily). */
function switchedOff({ enable, updatePackageLists, unattendedUpgrade }: Automatic): Reason[] {
  const settings = [
    ['APT::Periodic::Enable', enable ?? '1'],
    ['APT::Periodic::Update-Package-Lists', updatePackageLists],
    ['APT::Periodic::Unattended-Upgrade', unattendedUpgrade],
  ] as const;
  return settings.flatMap(([setting, value]) =>
    value === null || !/^(always|0*[1-9]\d*[smhd]?)$/.test(value)
      ? [because('updates.automatic-off', { setting, value: value ?? '-' })]
      : [],
  );
}

function judgeRuns({ timeZone, lastRun, lastGoodRun }: Automatic, maximum: number, at: Date): Reason {
  if (!isTimeZone(timeZone)) return obstacleReason({ code: 'unparsable', what: '/etc/localtime', detail: timeZone });
  if (lastRun !== null && isAfter(lastRun, timeZone, at)) {
    return because('updates.automatic-future', { local: lastRun, hostZone: timeZone });
  }
  if (lastGoodRun === null) return because('updates.automatic-never', {});
  const values = { local: lastGoodRun, hostZone: timeZone, maximum };
  if (isAfter(lastGoodRun, timeZone, at)) return because('updates.automatic-future', values);
  // Of an hour that occurs twice the earlier is meant: an age is never told too small.
  if (isOlder(dateOf(instantsOf(lastGoodRun, timeZone)[0]), maximum, at))
    return because('updates.automatic-idle', values);
  if (lastRun !== null && lastRun > lastGoodRun) {
    return because('updates.automatic-failed', { local: lastRun, hostZone: timeZone });
  }
  return because('updates.automatic-works', values);
}

function isAfter(local: string, zone: string, at: Date): boolean {
  return instantsOf(local, zone).every((instant) => isFuture(dateOf(instant), at));
}
