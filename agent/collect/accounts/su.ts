import type { AccountsFacts } from '../../../policies/checks/accounts/facts.ts';
import { read, unreadable, type Reading } from '../../../policies/reading.ts';
import type { CollectContext } from '../collector.ts';
import { readPamAuth } from '../pam-auth.ts';
import { parsePamFile } from '../password-policy/pam-lines.ts';
import type { Names } from './names.ts';

const programs = ['/usr/bin/su', '/bin/su'];
const service = '/etc/pam.d/su';

/** What PAM asks of who calls su(1); null where there is no su. */
export async function readSu(context: CollectContext, names: Names): Promise<AccountsFacts['su']> {
  const statuses = await Promise.all(programs.map((path) => context.host.status(path)));
  if (statuses.every((status) => status.state === 'unreadable' && status.obstacle.code === 'missing')) return null;
  const rules = await readPamAuth(context, 'su');
  if (rules.state === 'unreadable') return rules;
  const isTrusting = rules.value.some(
    (rule) =>
      rule.kind === 'module' && rule.module === 'pam_wheel' && rule.options.trust === true && !rule.options.deny,
  );
  if (!isTrusting) return read({ rules: rules.value, trusted: null });
  const trusted = await readTrusted(context, names);
  return trusted.state === 'unreadable' ? trusted : read({ rules: rules.value, trusted: trusted.value });
}

/** The group whose members need no password; wheel where the rule names none, or the group of number 0 (pam_wheel(8)). */
async function readTrusted({ host }: CollectContext, names: Names): Promise<Reading<string>> {
  const text = await host.readText(service);
  if (text.state === 'unreadable') return text;
  const wheel = parsePamFile(text.value).find(
    (line) => line.is === 'rule' && line.path.endsWith('pam_wheel.so') && line.args.includes('trust'),
  );
  if (wheel?.is !== 'rule') return unreadable('unsupported', service, 'pam_wheel with trust in an included file');
  const named = wheel.args.find((arg) => arg.startsWith('group='))?.slice('group='.length);
  return read(named === undefined ? (names.groupNamed('wheel') ?? names.groupOf(0) ?? 'root') : names.group(named));
}
