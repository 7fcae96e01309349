import type { ComplianceReport, ControlCompliance, Course } from '../model.ts';
import { classOf, spanStates } from '../states.ts';
import { coursesOf } from '../subjects.ts';
import { sumTotals } from '../totals.ts';

/** Kept throughout, seen failing at some time, or not failing and not always shown. */
export type Standing = 'kept' | 'failed' | 'unshown';

export function standingOf(control: Pick<ControlCompliance, 'hosts' | 'organisation'>): Standing {
  return standingOfCourses(coursesOf(control));
}

/** The same of courses. */
export function standingOfCourses(courses: readonly Course[]): Standing {
  const totals = sumTotals(courses.map((course) => course.totals));
  // A failure of no length, such as one at the very end, is a failure.
  const failed = courses.some(({ spans, firstFailureAt }) => {
    return firstFailureAt !== null || spans.some(({ state }) => classOf(state) === 'failing');
  });
  if (failed) return 'failed';
  const isUnshown = spanStates.some((state) => classOf(state) === 'unshown' && (totals.durations[state] ?? 0) > 0);
  return isUnshown || totals.counted === 0 ? 'unshown' : 'kept';
}

/** Whether any control is the organisation's own. */
export function hasOrganisation({ policies }: ComplianceReport): boolean {
  return policies.some(({ controls }) => controls.some(({ organisation }) => organisation !== null));
}

/** Hosts that should have reported and of which no control shows anything. */
export function unheardHosts({ hosts, policies }: ComplianceReport): string[] {
  const heard = new Set(
    policies.flatMap(({ controls }) => controls.flatMap((control) => control.hosts)).map(({ host }) => host),
  );
  return hosts
    .filter(({ host, gaps }) => !heard.has(host) && gaps.some(({ state }) => state !== 'not-enrolled'))
    .map(({ host }) => host);
}
