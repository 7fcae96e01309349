import { z } from 'zod';
import { readingOf } from '../../reading.ts';
import { PamStack } from './pam-rules.ts';

/** The kinds of characters that a policy may ask for; `other` is whatever is no ASCII letter or digit. */
export const kinds = ['lower', 'upper', 'digit', 'other'] as const;
export type Kind = (typeof kinds)[number];

/** What a service's file, and the files it includes, say of passwords and of logging in. */
const Service = z.strictObject({
  service: z.string().min(1).max(64),
  /** How a new password is set. */
  password: readingOf(PamStack),
  /** How somebody is let in; left out for services that only set passwords. */
  auth: readingOf(PamStack).optional(),
});
export type Service = z.output<typeof Service>;

const Values = z.record(z.string().max(32), z.union([z.int(), z.literal(true)]));
export type SettingValues = z.output<typeof Values>;

/** What a settings file of a module says; what it does not say is left out. */
const ModuleSettings = z.strictObject({
  values: Values,
  /**
   * The line, counted from 1, at which libpwquality gave up: what comes after it, in that file and the next, does not
   * count. Null where it read all.
   */
  stopped: z
    .strictObject({ file: z.enum(['pwquality.conf', 'pwquality.conf.d']), line: z.int().positive() })
    .nullable(),
});
export type ModuleSettings = z.output<typeof ModuleSettings>;

/** One password out of this program, and whether pwscore(1) took it. */
const Sample = z.strictObject({
  length: z.int().positive(),
  kinds: z.array(z.enum(kinds)).min(1).max(4),
  accepted: z.boolean(),
});
export type Sample = z.output<typeof Sample>;

const Pam = z.strictObject({
  state: z.literal('pam'),
  /** Sorted by name. */
  services: z.array(Service).max(32),
  /** /etc/security/pwquality.conf.d and pwquality.conf, in the order of libpwquality; null where no stack asks it. */
  pwquality: readingOf(ModuleSettings).nullable(),
  /** /etc/security/faillock.conf; null where no stack asks it. */
  faillock: readingOf(Values).nullable(),
  /** /etc/security/pwhistory.conf; null where no stack asks it, or there is none. */
  pwhistory: readingOf(Values).nullable(),
  /** The versions of Linux-PAM and libpwquality, by the system's package manager; null for what it has not installed. */
  versions: readingOf(
    z.strictObject({
      manager: z.enum(['dpkg', 'rpm']),
      pam: z.string().max(64).nullable(),
      pwquality: z.string().max(64).nullable(),
    }),
  ),
  /**
   * What sshd(8) says of its own settings: whether it asks PAM at all (UsePAM), and takes passwords without it
   * (PasswordAuthentication); null where no control asks for a lock.
   */
  sshd: readingOf(z.strictObject({ usePam: z.boolean(), passwords: z.boolean() })).nullable(),
  /** What pwscore said of samples around what controls ask for; null where no stack asks libpwquality. */
  samples: readingOf(z.array(Sample).max(16)).nullable(),
});
export type PamFacts = z.output<typeof Pam>;

/** A host without PAM sets passwords by login.defs(5) alone. */
const NoPam = z.strictObject({ state: z.literal('no-pam') });

export const SystemFacts = z.discriminatedUnion('state', [Pam, NoPam]);
export type SystemFacts = z.output<typeof SystemFacts>;

export const softwares = ['mariadb', 'mysql', 'postgresql', 'typo3', 'wordpress'] as const;
export type Software = (typeof softwares)[number];

/** A database server, or a site with a content management system, that agent.yaml names. */
const Store = z.strictObject({
  /** Its name in agent.yaml. */
  store: z.string().min(1).max(100),
  kind: z.enum(softwares),
  /** What it says of new passwords, by the names that the software itself gives. */
  settings: readingOf(z.record(z.string().max(64), z.string().max(64))),
});
export type Store = z.output<typeof Store>;

export const Facts = z.strictObject({
  /** Null where no control asks. */
  system: readingOf(SystemFacts).nullable(),
  /** Sorted by name; null where agent.yaml does not tell what there is. */
  stores: z.array(Store).max(1000).nullable(),
});
export type PasswordPolicyFacts = z.output<typeof Facts>;
