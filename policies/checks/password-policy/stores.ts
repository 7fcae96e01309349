import { obstacleReason } from '../../reading.ts';
import type { Reason } from '../../reasons.ts';
import { noDemand, type Demand } from './demand.ts';
import { kinds, type Kind, type Software, type Store } from './facts.ts';
import type { Parameters } from './parameters.ts';
import { because } from './reasons.ts';
import { requirementsOf } from './requirement.ts';
import { judgeDemand } from './verdicts.ts';

export const softwareScopes = {
  mariadb: 'database',
  mysql: 'database',
  postgresql: 'database',
  typo3: 'cms',
  wordpress: 'cms',
} as const satisfies Readonly<Record<Software, Parameters['scope'][number]>>;

/** Judges the databases and sites of the scopes that a control asks for. */
export function judgeStores(stores: readonly Store[] | null, parameters: Parameters): Reason[] {
  const scopes = parameters.scope.filter((scope) => scope !== 'system');
  if (scopes.length === 0 || requirementsOf(parameters).length === 0) return [];
  if (stores === null) return [because('password-policy.no-stores', {})];
  return scopes.flatMap((scope): Reason[] => {
    const judged = stores.filter(({ kind }) => softwareScopes[kind] === scope);
    if (judged.length > 0) return judged.flatMap((store) => judgeStore(store, parameters));
    return [because(scope === 'database' ? 'password-policy.no-database' : 'password-policy.no-site', {})];
  });
}

type Settings = Extract<Store['settings'], { state: 'read' }>['value'];

function judgeStore({ store, kind, settings }: Store, parameters: Parameters): Reason[] {
  if (settings.state === 'unreadable') return [obstacleReason(settings.obstacle, store)];
  switch (kind) {
    case 'mariadb':
      return judgeSql(mariadbDemand(settings.value), takesHashes(settings.value), parameters, store);
    case 'mysql':
      return judgeDemand(mysqlDemand(settings.value), parameters, store);
    case 'postgresql':
      return judgeSql(postgresqlDemand(settings.value), hasOnlyPasswordcheck(settings.value), parameters, store);
    case 'typo3': {
      const demand = typo3Demand(settings.value);
      const isElsewhere = settings.value.extension === 'on' && !isAllMet(demand, parameters);
      return isElsewhere ? [because('password-policy.by-plugin', {}, store)] : judgeDemand(demand, parameters, store);
    }
    case 'wordpress':
      return [because('password-policy.by-plugin', {}, store)];
  }
}

/** @param isOpen whether a ready-made hash is taken, of which nobody knows what password it is of */
function judgeSql(demand: Demand, isOpen: boolean, parameters: Parameters, store: string): Reason[] {
  const hashes = isOpen ? [because('password-policy.hashes-taken', {}, store)] : [];
  return [...hashes, ...judgeDemand(demand, parameters, store)];
}

function isAllMet(demand: Demand, parameters: Parameters): boolean {
  return requirementsOf(parameters).every(({ isMetBy }) => isMetBy(demand));
}

/** A setting as a number; 0 for what is none. */
function numberOf(settings: Settings, name: string): number {
  const text = settings[name] ?? '';
  return /^-?\d{1,9}$/.test(text) ? Number(text) : 0;
}

function demandOf(length: number, asked: Readonly<Record<Kind, boolean>>, others: Partial<Demand> = {}): Demand {
  const named = kinds.filter((kind) => asked[kind]);
  return { ...noDemand, length, kinds: named, classes: named.length, ...others };
}

/** The history that password_reuse_check keeps where it forgets nothing: longer than any that can be asked for. */
const wholeHistory = 400;

/** Every plug-in that is active must take a password. */
function mariadbDemand(settings: Settings): Demand {
  const isActive = (plugin: string): boolean => settings[`plugin.${plugin}`] === 'ACTIVE';
  const of = (name: string): number => numberOf(settings, `simple_password_check_${name}`);
  const isSimple = isActive('simple_password_check');
  const letters = isSimple && of('letters_same_case') > 0;
  // It forgets after so many days, which says nothing of how many passwords; after 0 days, never.
  const forgetsNothing = isActive('password_reuse_check') && settings.password_reuse_check_interval === '0';
  return demandOf(
    isSimple ? of('minimal_length') : 0,
    {
      lower: letters,
      upper: letters,
      digit: isSimple && of('digits') > 0,
      other: isSimple && of('other_characters') > 0,
    },
    { dictionary: isActive('cracklib_password_check'), history: forgetsNothing ? wholeHistory : 0 },
  );
}

/** MariaDB refuses hashes while a plug-in checks passwords, unless strict_password_validation is off. */
function takesHashes(settings: Settings): boolean {
  const hasPlugin = Object.entries(settings).some(([name, value]) => name.startsWith('plugin.') && value === 'ACTIVE');
  return hasPlugin && settings.strict_password_validation !== 'ON';
}

/** The policy LOW (0) asks for the length alone. */
function mysqlDemand(settings: Settings): Demand {
  const of = (name: string): number => numberOf(settings, `validate_password.${name}`);
  const isLow = ['0', 'LOW'].includes(settings['validate_password.policy'] ?? '0');
  const count = (name: string): number => (isLow ? 0 : of(name));
  const [mixed, digits, others] = ['mixed_case_count', 'number_count', 'special_char_count'].map(count);
  const letters = (mixed ?? 0) > 0;
  return demandOf(
    of('length'),
    { lower: letters, upper: letters, digit: (digits ?? 0) > 0, other: (others ?? 0) > 0 },
    { history: numberOf(settings, 'password_history') },
  );
}

function postgresqlDemand(settings: Settings): Demand {
  const isLoaded = (library: string): boolean => settings[`library.${library}`] === 'on';
  const of = (name: string): number => (isLoaded('credcheck') ? numberOf(settings, `credcheck.password_${name}`) : 0);
  // The length can be set since PostgreSQL 18; before, it is 8.
  const ownLength =
    settings['passwordcheck.min_password_length'] === undefined
      ? 8
      : numberOf(settings, 'passwordcheck.min_password_length');
  const checkedLength = isLoaded('passwordcheck') ? ownLength : 0;
  return demandOf(
    Math.max(checkedLength, of('min_length')),
    {
      lower: of('min_lower') > 0,
      upper: of('min_upper') > 0,
      digit: of('min_digit') > 0,
      other: of('min_special') > 0,
    },
    { history: of('reuse_history') },
  );
}

/** What psql's \password sends is a hash already; only credcheck refuses that (passwordcheck, PostgreSQL documentation). */
function hasOnlyPasswordcheck(settings: Settings): boolean {
  const refusesHashes =
    settings['library.credcheck'] === 'on' && settings['credcheck.encrypted_password_allowed'] === 'off';
  return (settings['library.passwordcheck'] === 'on' || settings['library.credcheck'] === 'on') && !refusesHashes;
}

function typo3Demand(settings: Settings): Demand {
  const isAsked = (name: string): boolean => ['true', '1'].includes(settings[`${name}CharacterRequired`] ?? '');
  return demandOf(numberOf(settings, 'minimumLength'), {
    lower: isAsked('lowerCase'),
    upper: isAsked('upperCase'),
    digit: isAsked('digit'),
    other: ['true', '1'].includes(settings.specialCharacterRequired ?? ''),
  });
}
