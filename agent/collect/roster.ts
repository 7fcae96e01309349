import { z } from 'zod';

const Account = z.string().min(1).max(256);

/** A word for why access is given; not a sentence, so that nobody's name slips in. */
const Purpose = z.string().regex(/^[a-z][a-z0-9-]{0,62}$/, 'expected a word such as administration or web-development');

/** As `ssh-keygen -l` prints it: of a key, or of an authority that signs keys. */
const Fingerprint = z
  .string()
  .regex(
    /^SHA256:[A-Za-z0-9+/]{43}$/,
    'expected a fingerprint such as ssh-keygen -l prints: SHA256: and 43 characters',
  );

const Person = z.strictObject({
  /** A handle or a number of the staff register; leaves the host as a pseudonym only. */
  person: z.string().min(1).max(128),
  accounts: z.array(Account).max(1000).default([]),
  purpose: Purpose.optional(),
  /** Whether this person may become root. */
  root: z.boolean().default(false),
  /** The person's last day; left out for who stays. */
  until: z.iso.date().optional(),
  keys: z.array(Fingerprint).max(100).default([]),
});

const Service = z.strictObject({
  /** An account that no person uses by name. */
  account: Account,
  purpose: Purpose,
  root: z.boolean().default(false),
  keys: z.array(Fingerprint).max(100).default([]),
});

const Group = z.strictObject({
  /** Its members, of /etc/group and by /etc/passwd, may have accounts for this purpose. */
  group: Account,
  purpose: Purpose,
  root: z.boolean().default(false),
});

/** Who may have access to this host, and who left when. */
export const Roster = z.strictObject({
  departures: z
    .array(
      z.strictObject({
        /** The last day of someone who knew passwords of this host. */
        on: z.iso.date(),
        /** Whose passwords; all where left out. */
        accounts: z.array(z.string().min(1)).min(1).optional(),
      }),
    )
    .max(1000)
    .optional(),
  people: z.array(Person).max(10_000).optional(),
  services: z.array(Service).max(10_000).default([]),
  groups: z.array(Group).max(1000).default([]),
  /** Authorities whose SSH certificates let people in; whom they sign is decided elsewhere. */
  authorities: z.array(Fingerprint).max(100).default([]),
  /** The day on which somebody last held the roster against what people need. */
  reviewed: z.iso.date().optional(),
});
export type Roster = z.output<typeof Roster>;

/** The key of agent.yaml; kinds that read it share this one shape. */
export const rosterSettings = { roster: Roster.optional() };
