import { z } from 'zod';
import { isAsOld, isOlder } from '../moments.ts';
import { Duration, isFuture } from '../quantities.ts';
import { obstacleReason, obstacleReasons, readingOf } from '../reading.ts';
import { reasonsFrom, type Catalogue, type Reason } from '../reasons.ts';
import { defineCheckKind } from './kind.ts';

const Parameters = z.strictObject({
  /** Seconds; counted from the start (UTC) of the day that /etc/shadow names. */
  maximumAge: Duration.prefault('183d'),
  /**
   * `all`: whoever has a password. `with-shell`: leaves out accounts whose shell refuses logins, such as those that
   * exist for FTP or mail only; an empty password counts all the same.
   */
  accounts: z.enum(['all', 'with-shell']).default('all'),
  /** Whether a password must also be changed once someone who knew it has left. */
  afterDeparture: z.boolean().default(true),
});
type Parameters = z.output<typeof Parameters>;

const AccountName = z.string().min(1).max(256);
const Day = z.iso.date();

/**
 * What stands in the password field (shadow(5), passwd(5)): `set` a hash, `empty` nothing at all, `locked` a hash
 * behind an exclamation mark, `none` something that no password can match, `elsewhere` an `x` without a shadow line.
 */
const Password = z.discriminatedUnion('state', [
  z.strictObject({
    state: z.literal('set'),
    /** The day of the last change; `must-change` for day 0; null where no day is recorded. */
    changed: z.union([Day, z.literal('must-change'), z.null()]),
  }),
  z.strictObject({ state: z.literal('empty') }),
  /** `keys`: whether ~/.ssh holds an authorized_keys file with something in it. */
  z.strictObject({ state: z.enum(['locked', 'none']), keys: readingOf(z.boolean()) }),
  z.strictObject({ state: z.literal('elsewhere') }),
]);

const Account = z.strictObject({
  /** A pseudonym. */
  account: AccountName,
  uid: z.int().nonnegative(),
  shell: z.enum(['login', 'nologin']),
  password: Password,
  /** The day on which the account itself ends; null where none is set. */
  expires: Day.nullable(),
});
export type Account = z.output<typeof Account>;

const SystemPasswords = z.strictObject({
  /** Sorted by uid, then pseudonym. */
  accounts: z.array(Account).max(100_000),
  /** Lines that are not of the form their manual page gives, counted from 1; the first hundred. */
  malformed: z
    .array(z.strictObject({ file: z.enum(['/etc/passwd', '/etc/shadow']), line: z.int().positive() }))
    .max(100),
  /** What nsswitch.conf asks for accounts besides this host's own files: `sss`, `ldap`, ... */
  directories: readingOf(z.array(z.string().max(64)).max(32)),
});
export type SystemPasswords = z.output<typeof SystemPasswords>;

const Departure = z.strictObject({
  on: Day,
  /** Whose passwords the person knew (pseudonyms). */
  accounts: z.union([z.literal('all'), z.array(AccountName).max(1000)]),
});
export type Departure = z.output<typeof Departure>;

export const PasswordAgeFacts = z.strictObject({
  system: readingOf(SystemPasswords),
  /** Sorted by day; null where the host has no roster. */
  departures: z.array(Departure).max(1000).nullable(),
});
export type PasswordAgeFacts = z.output<typeof PasswordAgeFacts>;

const reasons = {
  'password-age.recent': {
    verdict: 'pass',
    en: 'the password was changed on {changed|day} according to /etc/shadow; at most {maximum|duration} is allowed',
    nl: 'het wachtwoord is volgens /etc/shadow gewijzigd op {changed|day}; hoogstens {maximum|duration} is toegestaan',
  },
  'password-age.too-old': {
    verdict: 'fail',
    en: 'the password was last changed on {changed|day}; it must be changed at least every {maximum|duration}',
    nl: 'het wachtwoord is voor het laatst gewijzigd op {changed|day}; dat moet minstens elke {maximum|duration}',
  },
  'password-age.kept-after-departure': {
    verdict: 'fail',
    en: 'someone who knew the password left on {departure|day}, and it was last changed on {changed|day}',
    nl: 'iemand die het wachtwoord kende is vertrokken op {departure|day}; het is voor het laatst gewijzigd op {changed|day}',
  },
  'password-age.empty': {
    verdict: 'fail',
    en: 'the account has an empty password: no password is needed',
    nl: 'het account heeft een leeg wachtwoord: er is geen wachtwoord nodig',
  },
  'password-age.no-day': {
    verdict: 'unknown',
    en: 'no day of change is recorded (field 3 of /etc/shadow is empty), so nobody can tell how old the password is; set a new one',
    nl: 'er is geen dag van wijziging vastgelegd (veld 3 van /etc/shadow is leeg), dus niemand weet hoe oud het wachtwoord is; stel een nieuw in',
  },
  'password-age.must-change': {
    verdict: 'unknown',
    en: 'the password must be changed at the next login; until then it is the old one, of unknown age',
    nl: 'het wachtwoord moet bij de volgende aanmelding gewijzigd worden; tot dan geldt het oude, waarvan de leeftijd onbekend is',
  },
  'password-age.future': {
    verdict: 'unknown',
    en: 'the recorded day of change, {changed|day}, lies in the future: a clock was wrong or the day was set by hand',
    nl: 'de vastgelegde dag van wijziging, {changed|day}, ligt in de toekomst: een klok stond verkeerd of de dag is met de hand gezet',
  },
  'password-age.elsewhere': {
    verdict: 'unknown',
    en: 'the account has no line in /etc/shadow; its password, if any, is kept where this check does not look',
    nl: 'het account heeft geen regel in /etc/shadow; een eventueel wachtwoord staat waar deze controle niet kijkt',
  },
  'password-age.malformed': {
    verdict: 'unknown',
    en: 'line {line} of {file} is not in the form of its manual page, so an account may have been missed',
    nl: 'regel {line} van {file} heeft niet de vorm van de handleiding; er kan een account gemist zijn',
  },
  'password-age.directory': {
    verdict: 'unknown',
    en: 'nsswitch.conf also takes accounts from {service}; the age of passwords kept there cannot be seen from this host',
    nl: 'nsswitch.conf haalt ook accounts uit {service}; de leeftijd van wachtwoorden daar is vanaf deze host niet te zien',
  },
  'password-age.no-roster': {
    verdict: 'unknown',
    en: 'the agent has no roster, so nobody can tell whether passwords were changed when someone left; where nobody left, give an empty list of departures',
    nl: 'de agent heeft geen roster, dus niemand weet of wachtwoorden gewijzigd zijn toen iemand vertrok; is niemand vertrokken, geef dan een lege lijst (departures)',
  },
  'password-age.departure-account-absent': {
    verdict: 'unknown',
    en: 'the roster names this account for the departure of {departure|day}, and the host has no such account; correct the name, or take it out if the account was removed',
    nl: 'de roster noemt dit account bij het vertrek van {departure|day}, en de host heeft het niet; verbeter de naam, of haal hem weg als het account verwijderd is',
  },
  'password-age.expired': {
    verdict: 'not-applicable',
    en: 'the account expired on {expires|day}; its password is left out',
    nl: 'het account is verlopen op {expires|day}; het wachtwoord telt niet mee',
  },
  'password-age.keys-only': {
    verdict: 'not-applicable',
    en: 'no password opens the account, but it has SSH keys; this check cannot see how old those are',
    nl: 'geen wachtwoord opent het account, maar het heeft SSH-sleutels; deze controle ziet niet hoe oud die zijn',
  },
  'password-age.no-password': {
    verdict: 'not-applicable',
    en: '{accounts} accounts are locked or have no password to log in with',
    nl: '{accounts} accounts zijn vergrendeld of hebben geen wachtwoord om mee aan te melden',
  },
  'password-age.no-shell': {
    verdict: 'not-applicable',
    en: '{accounts} accounts have a password but no login shell; the policy leaves them out',
    nl: '{accounts} accounts hebben een wachtwoord maar geen loginshell; het beleid laat ze buiten beschouwing',
  },
} as const satisfies Catalogue;

const because = reasonsFrom(reasons);
const daySeconds = 86_400;

export const passwordAge = defineCheckKind({
  name: 'password-age',
  parameters: Parameters,
  facts: PasswordAgeFacts,
  reasons: { ...obstacleReasons, ...reasons },
  judge(facts, parameters, at) {
    if (facts.system.state === 'unreadable') return [obstacleReason(facts.system.obstacle)];
    const system = facts.system.value;
    const departures = parameters.afterDeparture ? departuresDue(facts.departures ?? [], at) : [];
    return [
      ...judgeCompleteness(system),
      ...(parameters.afterDeparture ? judgeRoster(facts.departures, departures, system.accounts) : []),
      ...system.accounts.flatMap((account) => judgeAccount(account, departures, parameters, at)),
      ...summarize(system.accounts, parameters),
    ];
  },
});

/** Whether the files show every account that there is. */
function judgeCompleteness(system: SystemPasswords): Reason[] {
  const { directories } = system;
  return [
    ...system.malformed.map(({ file, line }) => because('password-age.malformed', { file, line })),
    ...(directories.state === 'unreadable'
      ? [obstacleReason(directories.obstacle)]
      : directories.value.map((service) => because('password-age.directory', { service }))),
  ];
}

/** The passwords may be changed on the day itself; from the next day on they must have been. */
function departuresDue(departures: readonly Departure[], at: Date): Departure[] {
  return departures.filter(({ on }) => isAsOld(on, daySeconds, at));
}

function judgeRoster(
  roster: readonly Departure[] | null,
  due: readonly Departure[],
  accounts: readonly Account[],
): Reason[] {
  if (roster === null) return [because('password-age.no-roster', {})];
  const present = new Set(accounts.map(({ account }) => account));
  return due.flatMap((departure) =>
    departure.accounts === 'all'
      ? []
      : departure.accounts
          .filter((name) => !present.has(name))
          .map((name) => because('password-age.departure-account-absent', { departure: departure.on }, name)),
  );
}

function judgeAccount(
  { account, password, shell, expires }: Account,
  departures: readonly Departure[],
  parameters: Parameters,
  at: Date,
): Reason[] {
  switch (password.state) {
    case 'empty':
      return [because('password-age.empty', {}, account)];
    case 'elsewhere':
      return [because('password-age.elsewhere', {}, account)];
    case 'locked':
    case 'none':
      return password.keys.state === 'read' && password.keys.value
        ? [because('password-age.keys-only', {}, account)]
        : [];
    case 'set':
      if (expires !== null && hasExpired(expires, at)) return [because('password-age.expired', { expires }, account)];
      if (shell === 'nologin' && parameters.accounts === 'with-shell') return [];
      return judgeAge(account, password.changed, departures, parameters, at);
  }
}

/** Day 0 is no end: shadow(5) warns that some programs read it as "never". */
function hasExpired(expires: string, at: Date): boolean {
  return expires !== '1970-01-01' && isAsOld(expires, 0, at);
}

function judgeAge(
  account: string,
  changed: string | null,
  departures: readonly Departure[],
  { maximumAge }: Parameters,
  at: Date,
): Reason[] {
  if (changed === null) return [because('password-age.no-day', {}, account)];
  if (changed === 'must-change') return [because('password-age.must-change', {}, account)];
  if (isFuture(changed, at)) return [because('password-age.future', { changed }, account)];
  const tooOld = isOlder(changed, maximumAge, at)
    ? [because('password-age.too-old', { changed, maximum: maximumAge }, account)]
    : [];
  const keptAfter = departures
    .filter(({ on, accounts }) => changed < on && (accounts === 'all' || accounts.includes(account)))
    .map(({ on }) => because('password-age.kept-after-departure', { departure: on, changed }, account));
  const broken = [...tooOld, ...keptAfter];
  return broken.length > 0 ? broken : [because('password-age.recent', { changed, maximum: maximumAge }, account)];
}

/** How many accounts were looked at and left out, so that nothing is left out silently. */
function summarize(accounts: readonly Account[], parameters: Parameters): Reason[] {
  const withoutPassword = accounts.filter(({ password }) => password.state === 'locked' || password.state === 'none');
  const withoutShell =
    parameters.accounts === 'with-shell'
      ? accounts.filter(({ password, shell }) => password.state === 'set' && shell === 'nologin')
      : [];
  return [
    ...(withoutPassword.length > 0 ? [because('password-age.no-password', { accounts: withoutPassword.length })] : []),
    ...(withoutShell.length > 0 ? [because('password-age.no-shell', { accounts: withoutShell.length })] : []),
  ];
}
