import { day, steady, type RuleCase } from './case.ts';

const password = 'waarborg_password_oldest_change_timestamp_seconds{host="web1",kind="system"}';
const pending = (category: string): string => `waarborg_updates_pending{host="web1",category="${category}"}`;
const lists = 'waarborg_updates_lists_timestamp_seconds{host="web1"}';
const reboot = 'waarborg_reboot_required{host="web1"}';
const up = 'waarborg_availability_up{host="vantage",target="www",service="web"}';

export const upkeep: readonly RuleCase[] = [
  {
    alert: 'WaarborgPasswordOverdue',
    what: 'a password of 200 days',
    series: { [password]: steady(-200 * day) },
    at: '3h',
    fires: [{ severity: 'warning', labels: { host: 'web1', kind: 'system' } }],
  },
  {
    alert: 'WaarborgPasswordOverdue',
    what: 'a password of 100 days',
    series: { [password]: steady(-100 * day) },
    at: '3h',
    fires: [],
  },
  {
    alert: 'WaarborgSecurityUpdatesWaiting',
    what: 'security updates for more than a day',
    series: { [pending('security')]: steady(3, 40) },
    interval: '1h',
    at: '30h',
    fires: [{ severity: 'critical', labels: { host: 'web1', category: 'security' } }],
  },
  {
    alert: 'WaarborgSecurityUpdatesWaiting',
    what: 'security updates that are installed within the day, and others that wait',
    series: { [pending('security')]: '3x12 0x30', [pending('other')]: steady(9, 40) },
    interval: '1h',
    at: '30h',
    fires: [],
  },
  {
    alert: 'WaarborgUpdateListsOld',
    what: 'lists of last month',
    series: { [lists]: steady(-30 * day) },
    at: '3h',
    fires: [{ severity: 'warning', labels: { host: 'web1' } }],
  },
  {
    alert: 'WaarborgUpdateListsOld',
    what: 'lists of last week, as of a suite that seldom changes',
    series: { [lists]: steady(-7 * day) },
    at: '3h',
    fires: [],
  },
  {
    alert: 'WaarborgRebootWaiting',
    what: 'a reboot that waits for four days',
    series: { [reboot]: steady(1, 100) },
    interval: '1h',
    at: '4d',
    fires: [{ severity: 'warning', labels: { host: 'web1' } }],
  },
  {
    alert: 'WaarborgRebootWaiting',
    what: 'a host that was rebooted at night',
    series: { [reboot]: '1x20 0x80' },
    interval: '1h',
    at: '4d',
    fires: [],
  },
  {
    alert: 'WaarborgServiceDown',
    what: 'a service that is down for ten minutes',
    series: { [up]: steady(0) },
    at: '10m',
    fires: [{ severity: 'critical', labels: { host: 'vantage', target: 'www', service: 'web' } }],
  },
  {
    alert: 'WaarborgServiceDown',
    what: 'a service that is up, and one that nobody could see',
    series: { [up]: steady(1), 'waarborg_availability_up{host="vantage",target="mail",service="mail"}': '0x2 _x20' },
    at: '10m',
    fires: [],
  },
];
