import { obstacleReason } from '../../reading.ts';
import type { Reason } from '../../reasons.ts';
import type { Rule, Watched } from './facts.ts';
import { because } from './reasons.ts';

/** Whether a rule stops all recording, or some, before any other is asked (auditctl(8): the task list). */
export function judgeTasks(rules: readonly Rule[]): Reason[] {
  const exempting = rules.filter(({ list, action }) => list === 'task' && action === 'never');
  return exempting
    .slice(0, 1)
    .map(({ narrowedBy }) =>
      narrowedBy.length === 0
        ? because('audit-log.tasks-exempt', {})
        : because('audit-log.tasks-narrowed', { fields: narrowedBy.join(', ') }),
    );
}

/**
 * Whether the kernel records all that is asked about a path. Rules are asked in their order, and the first that fits
 * decides: a `never` before an `always` is an exception from it.
 */
export function judgePath({ path, real }: Watched, rules: readonly Rule[], wanted: string): Reason {
  if (real.state === 'unreadable') return obstacleReason(real.obstacle, path);
  const place = real.value;
  const about = rules.filter((rule) => rule.list === 'exit' && (rule.action === 'never' || covers(rule, place)));
  const watching = about.filter(({ action }) => action === 'always');
  if (watching.length === 0) return because('audit-log.unwatched', {}, path);

  const whole = watching.filter(({ narrowedBy, permissions }) => narrowedBy.length === 0 && permissions !== null);
  const recorded = permissionsOf(whole);
  const lacking = Array.from(wanted).filter((permission) => !recorded.includes(permission));
  if (lacking.length > 0) {
    const narrowed = watching.filter((rule) => !whole.includes(rule));
    const fields = [...new Set(narrowed.flatMap(({ narrowedBy }) => narrowedBy))].sort().join(', ');
    const couldRecord = narrowed.some(
      ({ permissions }) => permissions === null || lacking.some((one) => permissions.includes(one)),
    );
    return couldRecord
      ? because('audit-log.narrowed', { fields: fields || 'syscall' }, path)
      : because('audit-log.permissions', { permissions: recorded, wanted }, path);
  }
  const exception = rules
    .slice(0, rules.indexOf(lastOf(whole)))
    .find((rule) => rule.list === 'exit' && rule.action === 'never' && touches(rule, place));
  if (exception !== undefined) return because('audit-log.excepted', { rule: exception.path ?? '*' }, path);
  return because('audit-log.watched', { permissions: recorded, rule: whole.map((rule) => rule.path).join(', ') }, path);
}

function lastOf(rules: readonly Rule[]): Rule {
  const last = rules.at(-1);
  if (last === undefined) throw new Error('a path that is watched has a rule');
  return last;
}

/** A watch on a folder holds for all below it (auditctl(8), `dir`). */
function covers({ path }: Rule, place: string): boolean {
  return path !== null && (place === path || place.startsWith(path.endsWith('/') ? path : `${path}/`));
}

/** An exception counts also where it is about a part of the path only, or about everything. */
function touches(rule: Rule, place: string): boolean {
  return rule.path === null || covers(rule, place) || covers({ ...rule, path: place }, rule.path);
}

function permissionsOf(rules: readonly Rule[]): string {
  return ['r', 'w', 'x', 'a'].filter((one) => rules.some(({ permissions }) => permissions?.includes(one))).join('');
}
