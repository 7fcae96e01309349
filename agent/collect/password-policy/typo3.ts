import { z } from 'zod';
import type { Store } from '../../../policies/checks/password-policy/facts.ts';
import { read, unreadable, type Reading } from '../../../policies/reading.ts';
import type { Host } from '../../host/host.ts';
import { notLiteral, readPhp, type PhpArray, type PhpValue } from '../php-literal.ts';

/** Where the core keeps its defaults: in a project of Composer, and in the older installations. */
const defaultPlaces = ['vendor/typo3/cms-core', 'typo3/sysext/core', 'public/typo3/sysext/core'].map(
  (folder) => `${folder}/Configuration/DefaultConfiguration.php`,
);

/** Where the site's settings are, since version 12 and before, and the code that may change them. */
const settingsPlaces = [
  ['config/system/settings.php', 'config/system/additional.php'],
  ['typo3conf/system/settings.php', 'typo3conf/system/additional.php'],
  ['public/typo3conf/LocalConfiguration.php', 'public/typo3conf/AdditionalConfiguration.php'],
  ['typo3conf/LocalConfiguration.php', 'typo3conf/AdditionalConfiguration.php'],
] as const;

/** Extensions that ask something of passwords in their own way. */
const checkingExtensions = ['be_secure_pw', 'me_backend_security'];
const byExtension = { extension: 'on' };

const coreValidator = '\\CorePasswordValidator';
/** The other one asks that a password is not the one before it. */
const ownValidators = [coreValidator, '\\NotCurrentPasswordValidator'];

const Source = z.looseObject({ folder: z.string().optional() });

const optionNames = [
  'minimumLength',
  'upperCaseCharacterRequired',
  'lowerCaseCharacterRequired',
  'digitCharacterRequired',
  'specialCharacterRequired',
] as const;

/**
 * What TYPO3 asks of the passwords of its backend: the validators of the policy that BE/passwordPolicy names, from
 * the core's defaults with the site's settings over them (TYPO3 Explained, Password policies; since version 12).
 */
export async function readTypo3Policy(host: Host, what: string, source: unknown): Promise<Store['settings']> {
  const { folder } = Source.parse(source);
  if (folder === undefined) return unreadable('unsupported', what, 'its folder is not given in agent.yaml');
  const defaults = await readFirst(host, folder, defaultPlaces, what, 'the defaults of its core');
  if (defaults.state === 'unreadable') return defaults;
  for (const [settings, code] of settingsPlaces) {
    const own = await readFirst(host, folder, [settings], what, 'its settings');
    if (own.state === 'unreadable') {
      if (own.obstacle.code === 'missing') continue;
      return own;
    }
    const additional = await host.readText(`${folder}/${code}`);
    if (additional.state === 'unreadable' && additional.obstacle.code !== 'missing') {
      return unreadable(additional.obstacle.code, what, 'the code beside its settings');
    }
    if (additional.state === 'read' && /passwordPolic/i.test(additional.value)) {
      return unreadable('unsupported', what, 'code beside its settings sets its password policy');
    }
    return policyOf(defaults.value, own.value, what);
  }
  return unreadable('missing', what, 'its folder holds no settings of TYPO3');
}

/** What the first file returns that is there. */
async function readFirst(
  host: Host,
  folder: string,
  places: readonly string[],
  what: string,
  detail: string,
): Promise<Reading<PhpValue | undefined>> {
  for (const place of places) {
    const text = await host.readText(`${folder}/${place}`);
    if (text.state === 'unreadable') {
      if (text.obstacle.code === 'missing') continue;
      return unreadable(text.obstacle.code, what, detail);
    }
    try {
      return read(readPhp(text.value).returned);
    } catch {
      return unreadable('unparsable', what, `${detail} are no PHP`);
    }
  }
  return unreadable('missing', what, detail);
}

function policyOf(defaults: PhpValue | undefined, own: PhpValue | undefined, what: string): Store['settings'] {
  const settings = merge(defaults, own);
  const extensions = at(settings, ['EXTENSIONS']);
  const isChecked = checkingExtensions.some((name) => at(extensions, [name]) !== undefined);
  const checkedBy = isChecked ? byExtension : {};
  const name = at(settings, ['BE', 'passwordPolicy']);
  if (name === undefined || name === '') return read(checkedBy);
  if (typeof name !== 'string')
    return unreadable('unsupported', what, 'the name of its password policy is set by code');
  const validators = at(settings, ['SYS', 'passwordPolicies', name, 'validators']);
  if (validators !== undefined && !isArray(validators)) {
    return unreadable('unsupported', what, 'its password policy is set by code');
  }
  const all = [...(validators ?? [])];
  const core = all.find(([validator]) => validator.endsWith(coreValidator))?.[1];
  const hasOthers = all.some(([validator]) => !ownValidators.some((own) => validator.endsWith(own)));
  const excluded = at(core, ['excludeActions']);
  if (excluded === notLiteral || (isArray(excluded) && excluded.size > 0)) {
    return unreadable(
      'unsupported',
      what,
      'its password policy leaves out some of the ways in which a password is set',
    );
  }
  const found: Record<string, string> = {};
  for (const option of optionNames) {
    const value = at(core, ['options', option]);
    if (value === undefined) continue;
    if (typeof value !== 'string' && typeof value !== 'number' && typeof value !== 'boolean') {
      return unreadable('unsupported', what, 'its password policy is set by code');
    }
    found[option] = String(value).slice(0, 64);
  }
  return read({ ...checkedBy, ...(hasOthers ? byExtension : {}), ...found });
}

/** Values over defaults, member by member, as TYPO3 merges them; what code sets stays `notLiteral`. */
function merge(base: PhpValue | undefined, over: PhpValue | undefined): PhpValue | undefined {
  if (over === undefined) return base;
  if (!isArray(base) || !isArray(over)) return over;
  const merged = new Map(base);
  for (const [key, value] of over) merged.set(key, merge(merged.get(key), value) ?? notLiteral);
  return merged;
}

/** A member of members; what code sets on the way to it stays `notLiteral`. */
function at(value: PhpValue | undefined, path: readonly string[]): PhpValue | undefined {
  let found = value;
  for (const key of path) {
    if (found === notLiteral) return notLiteral;
    found = isArray(found) ? found.get(key) : undefined;
  }
  return found;
}

function isArray(value: PhpValue | undefined): value is PhpArray {
  return value instanceof Map;
}
