import type { Chain, Rules } from '../../../policies/checks/firewall/facts.ts';
import { read, unreadable, type Reading } from '../../../policies/reading.ts';
import type { CollectContext } from '../collector.ts';
import { rulesByPlace } from './iptables-save.ts';
import type { TranslatedIptablesRule } from './iptables-rule.ts';
import { listOf, NftOutput, type Expression, type NftChain, type NftSet } from './nft-form.ts';
import { noListing, parseListing, type Listing } from './nft-listing.ts';
import { translateNftRule } from './nft-rule.ts';
import { readCommand } from './command.ts';

/** JSON of a great many banned addresses is long: 100 bytes each. */
const maximumOutput = 48 * 2 ** 20;

/**
 * The rules that the kernel holds for nftables, iptables-nft's among them, by `nft -j list ruleset`. What iptables-nft
 * wrote in its own extensions only its own tool can tell (`xt` in the output), which then is asked as well.
 */
export async function readNftables(context: CollectContext): Promise<Reading<Rules>> {
  const command = { file: 'nft', args: ['-j', '-s', 'list', 'ruleset'], maximumOutput };
  const output = await readCommand(context, command);
  if (output.state === 'unreadable') return output;
  const parsed = parseOutput(output.value);
  if (parsed === undefined) return unreadable('unparsable', 'nft -j list ruleset', 'no JSON of libnftables');
  const listing = await readListing(context, parsed);
  return listing.state === 'unreadable' ? listing : read(await assemble(context, parsed, listing.value));
}

interface NftRule {
  readonly family: string;
  readonly table: string;
  readonly chain: string;
  readonly expr: Expression[];
}

interface Parsed {
  readonly tables: { family: string; name: string; flags?: string | string[] | undefined }[];
  readonly chains: NftChain[];
  readonly rules: ReadonlyMap<string, NftRule[]>;
  /** By table. */
  readonly sets: ReadonlyMap<string, ReadonlyMap<string, NftSet>>;
}

/** Undefined for what is no output of nft. */
function parseOutput(text: string): Parsed | undefined {
  const json = NftOutput.safeParse(parseJson(text));
  if (!json.success) return undefined;
  const sets = new Map<string, Map<string, NftSet>>();
  const tables: Parsed['tables'] = [];
  const chains: NftChain[] = [];
  const rules = new Map<string, NftRule[]>();
  for (const item of json.data.nftables) {
    if ('table' in item) tables.push(item.table);
    if ('chain' in item) chains.push(item.chain);
    const set = 'set' in item ? item.set : 'map' in item ? item.map : undefined;
    if (set !== undefined) {
      const known = sets.get(tableKey(set.family, set.table)) ?? new Map<string, NftSet>();
      sets.set(tableKey(set.family, set.table), known.set(set.name, set));
    }
    if ('rule' in item) {
      const key = chainKey(item.rule.family, item.rule.table, item.rule.chain);
      const before = rules.get(key);
      if (before === undefined) rules.set(key, [item.rule]);
      else before.push(item.rule);
    }
    // A rule or a chain of another form must not get lost.
    if ('other' in item && ['table', 'chain', 'rule', 'set', 'map'].includes(item.other)) return undefined;
  }
  return { tables, chains, rules, sets };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function tableKey(family: string, table: string): string {
  return JSON.stringify([family, table]);
}

function chainKey(family: string, table: string, chain: string): string {
  return JSON.stringify([family, table, chain]);
}

/**
 * In JSON nft 1.0.6 writes a table's own name where its flags should be, and leaves out what chains on ingress are bound
 * to: where there are such, its plain output is asked as well.
 */
async function readListing(context: CollectContext, { tables, chains }: Parsed): Promise<Reading<Listing>> {
  const isWhole =
    tables.every(({ flags }) => listOf(flags).length === 0) && chains.every(({ hook }) => hook !== 'ingress');
  if (isWhole) return read(noListing);
  const output = await readCommand(context, { file: 'nft', args: ['-s', '-t', 'list', 'ruleset'], maximumOutput });
  return output.state === 'unreadable' ? output : read(parseListing(output.value));
}

const hookNames: ReadonlySet<string> = new Set(['ingress', 'prerouting', 'input']);
const families: ReadonlySet<string> = new Set(['ip', 'ip6', 'inet', 'netdev']);

async function assemble(context: CollectContext, parsed: Parsed, listing: Listing): Promise<Rules> {
  const { dormant } = listing;
  const relevant = parsed.chains.filter(
    ({ family, table, hook }) =>
      families.has(family) && !dormant.has(`${family} ${table}`) && (hook === undefined || hookNames.has(hook)),
  );
  const compat = await readCompat(context, relevant, parsed);
  const chains: Chain[] = [];
  let notrack = false;
  for (const chain of relevant) {
    const sets = parsed.sets.get(tableKey(chain.family, chain.table)) ?? new Map<string, NftSet>();
    const rules = parsed.rules.get(chainKey(chain.family, chain.table, chain.name)) ?? [];
    const places = compat.get(chain.family)?.get(chain.table)?.get(chain.name);
    const translated = rules.map(({ expr }, index) => {
      const other = places?.length === rules.length && usesExtension(expr) ? places[index] : undefined;
      if (other === undefined) return translateNftRule(expr, sets);
      return { rules: other.rule === null ? [] : [other.rule], notrack: other.notrack };
    });
    notrack ||= translated.some((one) => one.notrack);
    chains.push({ ...headOf(chain, listing), rules: translated.flatMap((one) => one.rules) });
  }
  return { chains, dormant: [...dormant].sort(), notrack };
}

function headOf({ family, table, name, hook, prio, policy }: NftChain, listing: Listing): Omit<Chain, 'rules'> {
  const place = { backend: 'nftables' as const, family: family as Chain['family'], table, name };
  if (hook === undefined) return { ...place, base: null };
  // On ingress a chain hears only the devices that it is bound to.
  const bound = [...(listing.devices.get(`${family} ${table} ${name}`) ?? [])].sort();
  const devices = hook === 'ingress' ? { devices: bound } : {};
  return {
    ...place,
    base: {
      hook: hook as NonNullable<Chain['base']>['hook'],
      priority: prio ?? 0,
      policy: policy === 'drop' ? 'deny' : 'accept',
      ...devices,
    },
  };
}

/** Whether a rule holds what nft cannot print: an extension of iptables. Older versions print it as nothing. */
function usesExtension(expressions: readonly Expression[]): boolean {
  return expressions.some((expression) => 'xt' in expression || Object.keys(expression).length === 0);
}

type Places = ReadonlyMap<string, ReadonlyMap<string, readonly TranslatedIptablesRule[]>>;

/** What iptables-nft says of its own tables, by family, where a rule of them needs it. */
async function readCompat(
  context: CollectContext,
  chains: readonly NftChain[],
  { rules }: Parsed,
): Promise<ReadonlyMap<string, Places>> {
  const tools = { ip: 'iptables-nft-save', ip6: 'ip6tables-nft-save' } as const;
  const found = new Map<string, Places>();
  for (const family of ['ip', 'ip6'] as const) {
    const isNeeded = chains.some(
      (chain) =>
        chain.family === family &&
        (rules.get(chainKey(family, chain.table, chain.name)) ?? []).some(({ expr }) => usesExtension(expr)),
    );
    if (!isNeeded) continue;
    const output = await readCommand(context, { file: tools[family], args: [], maximumOutput });
    const places = output.state === 'read' ? rulesByPlace(output.value) : undefined;
    if (places !== undefined) found.set(family, places);
  }
  return found;
}
