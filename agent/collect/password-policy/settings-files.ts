import type { ModuleSettings, SettingValues } from '../../../policies/checks/password-policy/facts.ts';
import { read, type Reading } from '../../../policies/reading.ts';
import type { Host } from '../../host/host.ts';
import { knownSettings, parseSetting } from './options.ts';

const folder = '/etc/security';
/** libpwquality and pam_faillock give up at a longer line. */
const maximumLine = 1022;

/** Settings of libpwquality 1.4 that are read here for their form only: a broken one ends the reading of the file. */
const otherIntegers = ['difok', 'maxrepeat', 'maxclassrepeat', 'maxsequence', 'gecoscheck', 'usercheck', 'usersubstr'];
const otherWords = ['badwords', 'dictpath'];

interface Line {
  readonly number: number;
  readonly name: string;
  readonly value: string;
  readonly isTooLong: boolean;
}

/** `name = value`, `name value` or `name`, with comments from `#` on: pwquality.conf(5), faillock.conf(5). */
function settingLines(text: string): Line[] {
  return text.split('\n').flatMap((raw, index) => {
    const [, name = '', value = ''] = /^\s*([^\s=#]+)\s*=?\s*([^#]*?)\s*(?:#.*)?$/.exec(raw) ?? [];
    const isTooLong = raw.length > maximumLine;
    const isEmpty = /^\s*(#.*)?$/.test(raw);
    return isEmpty && !isTooLong ? [] : [{ number: index + 1, name: name.toLowerCase(), value, isTooLong }];
  });
}

/**
 * What libpwquality reads: first the files of pwquality.conf.d in the order of their names, then pwquality.conf, which
 * has the last word (pwquality.conf(5)). At a line that it does not understand it stops, and reads no other file.
 */
export async function readPwquality(host: Host): Promise<Reading<ModuleSettings>> {
  const main = `${folder}/pwquality.conf`;
  const more = await host.list(`${main}.d`);
  if (more.state === 'unreadable' && more.obstacle.code !== 'missing') return more;
  const names = more.state === 'read' ? more.value.filter((name) => name.endsWith('.conf')).sort(compareBytes) : [];
  const values: SettingValues = {};
  for (const path of [...names.map((name) => `${main}.d/${name}`), main]) {
    const text = await host.readText(path);
    if (text.state === 'unreadable') {
      if (text.obstacle.code === 'missing') continue;
      // A name in the folder may be anybody's.
      return { state: 'unreadable', obstacle: { ...text.obstacle, what: path === main ? main : `${main}.d` } };
    }
    const stoppedAt = takeQuality(values, text.value);
    if (stoppedAt !== undefined) {
      const file = path === main ? 'pwquality.conf' : 'pwquality.conf.d';
      return read({ values: sortedValues(values), stopped: { file, line: stoppedAt } });
    }
  }
  return read({ values: sortedValues(values), stopped: null });
}

/** The line that was not understood. */
function takeQuality(values: SettingValues, text: string): number | undefined {
  for (const { number, name, value, isTooLong } of settingLines(text)) {
    if (isTooLong) return number;
    if (otherWords.includes(name)) continue;
    const form = otherIntegers.includes(name) ? 'integer' : knownSettings.pam_pwquality?.[name];
    const parsed = parseSetting(form, value);
    if (typeof parsed !== 'number' && parsed !== true) return number;
    if (!otherIntegers.includes(name)) values[name] = parsed;
  }
  return undefined;
}

/** /etc/security/faillock.conf or pwhistory.conf, which step over what they do not understand; null where it is not there. */
export async function readPlainSettings(
  host: Host,
  module: 'pam_faillock' | 'pam_pwhistory',
): Promise<Reading<SettingValues> | null> {
  const text = await host.readText(`${folder}/${module.slice(4)}.conf`);
  if (text.state === 'unreadable') return text.obstacle.code === 'missing' ? null : text;
  const values: SettingValues = {};
  for (const { name, value } of settingLines(text.value)) {
    const parsed = parseSetting(knownSettings[module]?.[name], value);
    if (typeof parsed === 'number' || parsed === true) values[name] = parsed;
  }
  return read(sortedValues(values));
}

function sortedValues(values: SettingValues): SettingValues {
  return Object.fromEntries(Object.entries(values).sort(([a], [b]) => compareBytes(a, b)));
}

function compareBytes(a: string, b: string): number {
  return Buffer.compare(Buffer.from(a), Buffer.from(b));
}
