import type { z } from 'zod';
import {
  storeGroups,
  type Group,
  type Recorded,
  type Store,
  type StoredAccount,
  type StoredPassword,
  type StoreKind,
  type StoreWays,
} from '../../../policies/checks/password-age/facts.ts';
import { read, type Reading } from '../../../policies/reading.ts';
import { createHash } from 'node:crypto';
import type { CollectContext } from '../collector.ts';
import { rememberHashes } from './memory.ts';
import { compareText } from './order.ts';

/** An account as a reader finds it, before anything of it leaves the host. */
export interface FoundAccount {
  readonly name: string;
  readonly from?: string;
  /** What is remembered of its password; null where it has none. Also of accounts that are closed now. */
  readonly hash: string | null;
  readonly recorded: Recorded;
  /** `password`: that of `hash` opens it. */
  readonly opensBy: 'password' | Exclude<StoredPassword['state'], 'set' | 'elsewhere'> | { readonly elsewhere: string };
  readonly begins?: Date | null;
  readonly expires?: Date | null;
  /** Whether it is only remembered, and no control asks for it. */
  readonly isLeftOut?: boolean;
}

export interface FoundAccounts {
  readonly accounts: readonly FoundAccount[];
  readonly ways: Reading<StoreWays>;
}

/** Nobody gets in but by the accounts that it holds. */
export const noOtherWays: Reading<StoreWays> = read({ open: null, keepers: [] });

/** What agent.yaml says of a store: its source has one key, the kind. */
export interface StoreRequest {
  readonly store: string;
  readonly source: Readonly<Record<string, unknown>>;
}

/** Reads the accounts of one kind of store. A new kind is a file with one of these, and its line in `readers.ts`. */
export interface StoreReaderDefinition<Source extends z.ZodType> {
  /** Its key under `source` in agent.yaml. */
  readonly kind: StoreKind;
  readonly source: Source;
  /** Whether a login alone may make another hash of the same password. */
  readonly rehashes: boolean;
  /** Whether it finds every account, also those that are closed: only then is one that appears a new one. */
  readonly isComplete: boolean;
  /**
   * Never writes, and asks nothing but what is fixed here. Obstacles name the store, no account and no path.
   * @param all every store of agent.yaml: one may be read through another
   */
  read(
    context: CollectContext,
    store: string,
    source: z.output<Source>,
    all: readonly StoreRequest[],
  ): Promise<Reading<FoundAccounts>>;
}

/** A reader as the collector handles it. */
export interface StoreReader {
  readonly kind: StoreKind;
  readonly group: Group;
  readonly source: z.ZodType;
  describe(context: CollectContext, request: StoreRequest, all: readonly StoreRequest[]): Promise<Store>;
}

export function defineStoreReader<Source extends z.ZodType>(definition: StoreReaderDefinition<Source>): StoreReader {
  const { kind, source: schema } = definition;
  return {
    kind,
    group: storeGroups[kind],
    source: schema,
    async describe(context, { store, source }, all) {
      const found = await definition.read(context, store, schema.parse(source[kind]), all);
      const contents =
        found.state === 'unreadable' ? found : read(describe(context, definition, store, source, found.value));
      return { store, kind, contents };
    },
  };
}

type Contents = Extract<Store['contents'], { state: 'read' }>['value'];

function describe(
  context: CollectContext,
  { kind, rehashes, isComplete }: Pick<StoreReaderDefinition<z.ZodType>, 'kind' | 'rehashes' | 'isComplete'>,
  store: string,
  source: unknown,
  { accounts, ways }: FoundAccounts,
): Contents {
  const secret = accounts.flatMap((account) => (account.hash === null ? [] : [{ account, hash: account.hash }]));
  const place = createHash('sha256').update(JSON.stringify(source)).digest('base64url').slice(0, 12);
  const { passwords, ...rest } = rememberHashes(
    context,
    { topic: `${kind} ${store} ${place}`, rehashes, isComplete },
    secret.map(({ account, hash }) => ({
      account: `${account.name}\0${account.from ?? ''}`,
      hash,
      recorded: account.recorded,
    })),
  );
  const passwordOf = new Map(secret.map(({ account }, index) => [account, passwords[index]]));
  const asked = accounts.filter(({ isLeftOut = false }) => !isLeftOut);
  const described = asked.map((account): StoredAccount => ({
    account: context.pseudonym(account.name),
    ...(account.from === undefined ? {} : { from: account.from }),
    password: describePassword(account.opensBy, passwordOf.get(account)),
    begins: account.begins?.toISOString() ?? null,
    expires: account.expires?.toISOString() ?? null,
  }));
  return {
    accounts: described.sort((a, b) => compareText(a.account, b.account) || compareText(a.from ?? '', b.from ?? '')),
    ways,
    ...rest,
  };
}

function describePassword(opensBy: FoundAccount['opensBy'], password: StoredPassword | undefined): StoredPassword {
  if (typeof opensBy === 'object') return { state: 'elsewhere', where: opensBy.elsewhere.slice(0, 64) };
  if (opensBy !== 'password') return { state: opensBy };
  return password ?? { state: 'empty' };
}

/** A moment of so many seconds since 1970 as facts hold it; null for what no calendar has. */
export function momentOfSeconds(seconds: number): string | null {
  const moment = new Date(seconds * 1000);
  return Number.isNaN(moment.getTime()) ? null : moment.toISOString();
}
