import { CronTime } from 'cron';

/**
 * When a schedule is due next.
 * @param schedule a cron expression, by the host's own clock and zone
 */
export function nextAfter(schedule: string, at: Date): Date {
  return new CronTime(schedule).getNextDateFrom(at).toJSDate();
}
