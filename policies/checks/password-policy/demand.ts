import type { PamFacts, Kind, SettingValues } from './facts.ts';
import { kinds } from './facts.ts';
import type { ModuleRule } from './pam-rules.ts';

/** What must hold of a password for it to be taken. */
export interface Demand {
  readonly length: number;
  readonly kinds: readonly Kind[];
  /** So many of the four kinds, whichever. */
  readonly classes: number;
  readonly history: number;
  readonly dictionary: boolean;
}

/** A module that refuses what its demand does not allow. */
export interface Checker {
  readonly demand: Demand;
  /** Whom it refuses, and does not only warn. */
  readonly refuses: { readonly user: boolean; readonly root: boolean };
}

export const noDemand: Demand = { length: 0, kinds: [], classes: 0, history: 0, dictionary: false };

/** Debian patches pam_unix to ask for six characters; elsewhere it takes any (pam_unix(8)). */
const debianLength = 6;

/** What a rule demands of a new password; undefined for a module that demands nothing. */
export function checkerOf(rule: ModuleRule, pam: PamFacts): Checker | undefined {
  switch (rule.module) {
    case 'pam_pwquality':
      return pwquality({ ...settingsOf(pam.pwquality), ...rule.options });
    case 'pam_cracklib':
      return cracklib(rule.options);
    case 'pam_passwdqc':
      return passwdqc(rule.options);
    case 'pam_pwhistory':
      return pwhistory(rule.options, pam);
    case 'pam_unix':
      return unix(rule.options, pam);
    default:
      return undefined;
  }
}

function settingsOf(settings: PamFacts['pwquality']): SettingValues {
  return settings?.state === 'read' ? settings.value.values : {};
}

type Options = ModuleRule['options'];

function numberOf(options: Options, name: string, fallback: number): number {
  const value = options[name];
  return typeof value === 'number' ? value : fallback;
}

/** pwquality.conf(5) of libpwquality 1.4 and later. */
function pwquality(options: Options): Checker {
  const isEnforcing = numberOf(options, 'enforcing', 1) !== 0;
  return {
    demand: {
      ...creditDemand(options, { minlen: 8, credit: 0 }),
      dictionary: numberOf(options, 'dictcheck', 1) !== 0,
    },
    refuses: { user: isEnforcing, root: isEnforcing && options.enforce_for_root === true },
  };
}

/** pam_cracklib(8), whose digits, capitals, ... each count as one more character unless it is told otherwise. */
function cracklib(options: Options): Checker {
  return {
    demand: { ...creditDemand(options, { minlen: 9, credit: 1 }), dictionary: true },
    refuses: { user: true, root: options.enforce_for_root === true },
  };
}

const creditNames: Readonly<Record<Kind, string>> = {
  lower: 'lcredit',
  upper: 'ucredit',
  digit: 'dcredit',
  other: 'ocredit',
};

/** Neither module takes a lower `minlen`. */
const leastLength = 6;

/**
 * A credit above 0 lets up to so many characters of its kind count double; one below 0 asks for so many of them
 * (pwquality.conf(5)).
 */
function creditDemand(options: Options, defaults: { minlen: number; credit: number }): Demand {
  const minimum = Math.max(leastLength, numberOf(options, 'minlen', defaults.minlen));
  const credits = kinds.map((kind) => ({ kind, credit: numberOf(options, creditNames[kind], defaults.credit) }));
  const given = credits.reduce((sum, { credit }) => sum + Math.max(0, credit), 0);
  const asked = credits.filter(({ credit }) => credit < 0);
  const askedCharacters = asked.reduce((sum, { credit }) => sum - credit, 0);
  const classes = Math.max(asked.length, Math.min(kinds.length, numberOf(options, 'minclass', 0)));
  return {
    length: Math.max(minimum - given, Math.ceil(minimum / 2), askedCharacters),
    kinds: classes === kinds.length ? kinds : asked.map(({ kind }) => kind),
    classes,
    history: 0,
    dictionary: false,
  };
}

/** The shortest phrase of 47 bits that pam_passwdqc makes up: three words of three letters, and what joins them. */
const shortestPhrase = 11;

/** passwdqc.conf(5): the shortest length for one class of characters, two, a phrase, three, and four. */
function passwdqc(options: Options): Checker {
  const written = typeof options.min === 'string' ? options.min : 'disabled,24,11,8,7';
  const lengths = written.split(',').map((word) => (word === 'disabled' ? undefined : Number(word)));
  const hasPhrases = numberOf(options, 'passphrase', 3) !== 0;
  const ways = [1, 2, 1, 3, 4].flatMap((classes, index) => {
    const length = lengths[index];
    return length === undefined || (index === 2 && !hasPhrases) ? [] : [{ classes, length }];
  });
  const bits = numberOf(options, 'random', 47);
  // Phrases that it made up itself are taken whatever they are made of.
  if (bits !== 0) ways.push({ classes: 1, length: bits >= 47 ? shortestPhrase : 0 });
  const classes = Math.min(...ways.map((way) => way.classes), kinds.length);
  const length = ways.length === 0 ? 0 : Math.min(...ways.map((way) => way.length));
  const enforce = options.enforce ?? 'everyone';
  return {
    demand: { ...noDemand, length, classes, kinds: classes === kinds.length ? kinds : [] },
    refuses: { user: enforce !== 'none', root: enforce === 'everyone' },
  };
}

/** pam_pwhistory(8). Older versions know no settings file. */
function pwhistory(options: Options, pam: PamFacts): Checker {
  const settings = pam.pwhistory?.state === 'read' && readsPwhistory(pam) ? pam.pwhistory.value : {};
  const merged: Options = { ...settings, ...options };
  return {
    demand: { ...noDemand, history: Math.min(400, Math.max(0, numberOf(merged, 'remember', 10))) },
    refuses: { user: true, root: merged.enforce_for_root === true },
  };
}

/** pwhistory.conf came with Linux-PAM 1.5.3; Red Hat and SUSE ship the file with the older versions that read it. */
function readsPwhistory({ versions }: PamFacts): boolean {
  if (versions.state !== 'read') return false;
  const { manager, pam } = versions.value;
  return manager === 'rpm' || (pam !== null && isVersionFrom(pam, [1, 5, 3]));
}

/** pam_unix(8); root is asked for nothing. */
function unix(options: Options, { versions }: PamFacts): Checker {
  const isDebian = versions.state === 'read' && versions.value.manager === 'dpkg';
  return {
    demand: {
      ...noDemand,
      length: numberOf(options, 'minlen', isDebian ? debianLength : 0),
      history: Math.max(0, numberOf(options, 'remember', 0)),
    },
    refuses: { user: true, root: false },
  };
}

/** Whether a package's version, such as `1:1.5.2-6+deb12u1`, is this one or a later one. */
export function isVersionFrom(version: string, least: readonly number[]): boolean {
  const numbers = version
    .replace(/^\d+:/, '')
    .split(/[^0-9]+/)
    .map(Number);
  for (const [index, wanted] of least.entries()) {
    const number = numbers[index] ?? 0;
    if (number !== wanted) return number > wanted;
  }
  return true;
}
