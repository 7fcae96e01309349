import { z } from 'zod';
import { Duration, isFuture, Moment, secondsBetween } from '../../policies/quantities.ts';
import { unreadable } from '../../policies/reading.ts';
import { DocumentError, parseYaml } from '../../policies/yaml.ts';
import { UnreadableError, type CollectContext } from './collector.ts';
import { AbsolutePath } from './endpoint-settings.ts';

export const AccountName = z.string().min(1).max(256);

/** A word for why access is given; not a sentence, so that nobody's name slips in. */
export const Purpose = z
  .string()
  .regex(/^[a-z][a-z0-9-]{0,62}$/, 'expected a word such as administration or web-development');

/** As `ssh-keygen -l` prints it: of a key, or of an authority that signs keys. */
export const Fingerprint = z
  .string()
  .regex(
    /^SHA256:[A-Za-z0-9+/]{43}$/,
    'expected a fingerprint such as ssh-keygen -l prints: SHA256: and 43 characters',
  );

const Person = z.strictObject({
  /** A handle or a number of the staff register; leaves the host as a pseudonym only. */
  person: z.string().min(1).max(128),
  accounts: z.array(AccountName).max(1000).default([]),
  purpose: Purpose.optional(),
  /** Whether this person may become root. */
  root: z.boolean().default(false),
  /** The person's last day; left out for who stays. */
  until: z.iso.date().optional(),
  keys: z.array(Fingerprint).max(100).default([]),
});

const Service = z.strictObject({
  /** An account that no person uses by name. */
  account: AccountName,
  purpose: Purpose,
  root: z.boolean().default(false),
  keys: z.array(Fingerprint).max(100).default([]),
});

const Group = z.strictObject({
  /** Its members, of /etc/group and by /etc/passwd, may have accounts for this purpose. */
  group: AccountName,
  purpose: Purpose,
  root: z.boolean().default(false),
});

const rosterShape = {
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
};

/** Who may have access to this host, and who left when. */
export const Roster = z.strictObject(rosterShape);
export type Roster = z.output<typeof Roster>;

const RosterSetting = z.strictObject({
  ...rosterShape,
  /** Where more of it is kept, as `waarborg people roster` writes it: read anew in each run. */
  file: AbsolutePath.optional(),
  /** Seconds after which that file is no word on who left any more. */
  within: Duration.prefault('2d'),
});

/** What the file holds. */
const RosterFile = z.strictObject({ ...rosterShape, written: Moment });

/** The key of agent.yaml; kinds that read it share this one shape. */
export const rosterSettings = { roster: RosterSetting.optional() };

/** Bytes. */
const maximumFile = 8 * 2 ** 20;

/**
 * The roster that agent.yaml has, with what its file adds.
 * @throws UnreadableError where the file cannot be read, is of another form, or was not written lately: who left since
 *   nobody could tell
 */
export async function rosterOf(
  { host, at }: Pick<CollectContext, 'host' | 'at'>,
  setting: z.output<typeof RosterSetting> | undefined,
): Promise<Roster | undefined> {
  if (setting === undefined) return undefined;
  const { file, within, ...own } = setting;
  if (file === undefined) return own;
  const text = await host.readText(file, { maximumSize: maximumFile });
  if (text.state === 'unreadable') throw new UnreadableError(text);
  const { written, ...kept } = parseRoster(text.value, file);
  if (isFuture(written, at)) throw outdated(file, `dated ${written}, later than now`);
  if (secondsBetween(written, at) > within) throw outdated(file, `written on ${written}`);
  const reviewed = own.reviewed ?? kept.reviewed;
  return {
    departures: [...(own.departures ?? []), ...(kept.departures ?? [])],
    people: [...(own.people ?? []), ...(kept.people ?? [])],
    services: [...own.services, ...kept.services],
    groups: [...own.groups, ...kept.groups],
    authorities: [...new Set([...own.authorities, ...kept.authorities])],
    ...(reviewed === undefined ? {} : { reviewed }),
  };
}

function parseRoster(text: string, file: string): z.output<typeof RosterFile> {
  try {
    const document = parseYaml(text, file);
    const roster = RosterFile.safeParse(document.value);
    if (roster.success) return roster.data;
    throw document.invalid(roster.error.issues);
  } catch (error) {
    if (!(error instanceof DocumentError)) throw error;
    throw new UnreadableError(unreadable('unparsable', file, error.message));
  }
}

function outdated(file: string, detail: string): UnreadableError {
  return new UnreadableError(unreadable('outdated', file, detail));
}
