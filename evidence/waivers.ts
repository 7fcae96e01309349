import type { Span } from '../policies/moments.ts';
import type { WaiverState } from './organisation.ts';

/**
 * When a waiver holds: from its approval on, never before, and until it ends or is taken back.
 * @returns undefined where nobody approved of it, or there is no such time
 */
export function spanOfWaiver({ asked, approved, revoked }: WaiverState): Span | undefined {
  if (approved === null) return undefined;
  const from = Math.max(Date.parse(asked.from), Date.parse(approved.at));
  const until = Math.min(Date.parse(asked.until), revoked === null ? Infinity : Date.parse(revoked));
  return from < until ? { from, until } : undefined;
}

/** Whether a waiver is about a control as this host, or the organisation itself (null), is asked it. */
export function isAbout(
  { asked }: WaiverState,
  { policy, control, requirement }: { policy: string; control: string; requirement: string },
  host: string | null,
): boolean {
  if (asked.policy !== policy || asked.control !== control || asked.requirement !== requirement) return false;
  switch (asked.scope.of) {
    case 'organisation':
      return true;
    case 'hosts':
      return host !== null && asked.scope.hosts.includes(host);
  }
}
