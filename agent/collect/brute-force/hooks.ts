import type { Hook } from '../../../policies/checks/brute-force/facts.ts';
import { read, type Reading } from '../../../policies/reading.ts';
import type { CollectContext } from '../collector.ts';
import { readCommand } from '../firewall/command.ts';

/** What bans are put in: a set of nftables, or a chain, as their tools name them. */
export interface BanPlace {
  readonly kind: 'set' | 'chain';
  readonly name: string;
}

/** Where the kernel has such a place, once a run's rules have been read. */
export interface KernelRules {
  hookOf(place: BanPlace): Reading<Hook>;
}

interface Chain {
  /** `family table` of nftables, or the tool whose table it is. */
  readonly table: string;
  readonly name: string;
  /** Whether packets for this host come to it by themselves. */
  isBase: boolean;
  readonly rules: string[];
}

const sizes = { maximumOutput: 48 * 2 ** 20 };

/**
 * Reads the chains that the kernel holds, of nftables (`nft -s -t list ruleset`: without who is in the sets) and of the
 * older iptables. What could be read is told; a place that is in neither is `absent` only where both could.
 */
export async function readKernelRules(context: CollectContext): Promise<KernelRules> {
  return context.once('kernel chains', async () => {
    const readings = await Promise.all([readNft(context), readLegacy(context, 'ip'), readLegacy(context, 'ip6')]);
    const chains = readings.flatMap((reading) => (reading.state === 'read' ? reading.value : []));
    const missing = readings.find((reading) => reading.state === 'unreadable');
    return {
      hookOf(place) {
        const found = hookIn(chains, place);
        return found === 'absent' && missing?.state === 'unreadable' ? missing : read(found);
      },
    };
  });
}

async function readNft(context: CollectContext): Promise<Reading<Chain[]>> {
  const text = await readCommand(context, { file: 'nft', args: ['-s', '-t', 'list', 'ruleset'], ...sizes });
  return text.state === 'unreadable' ? text : read(parseNftChains(text.value));
}

/** @param text as nft prints rules (nft(8)); a table that is switched off has no chains */
export function parseNftChains(text: string): Chain[] {
  const chains: Chain[] = [];
  let table = '';
  let isDormant = false;
  let chain: Chain | undefined;
  for (const line of text.split('\n')) {
    const head = /^table (\S+ \S+) \{/.exec(line);
    if (head !== null) {
      table = head[1] ?? '';
      isDormant = false;
    }
    if (/^\tflags .*\bdormant\b/.test(line)) isDormant = true;
    const begun = /^\tchain (\S+) \{/.exec(line)?.[1];
    if (begun !== undefined) {
      chain = { table, name: begun, isBase: false, rules: [] };
      if (!isDormant) chains.push(chain);
    } else if (line === '\t}') {
      chain = undefined;
    } else if (chain !== undefined) {
      if (/^\t\ttype \S+ hook (?:input|prerouting|ingress) /.test(line)) chain.isBase = true;
      else chain.rules.push(line.trim());
    }
  }
  return chains;
}

/** The kernel names the tables of the older iptables that it holds; without any there is nothing to ask. */
async function readLegacy(context: CollectContext, family: 'ip' | 'ip6'): Promise<Reading<Chain[]>> {
  const names = await context.host.readText(`/proc/net/${family}_tables_names`);
  if (names.state === 'unreadable') return names.obstacle.code === 'missing' ? read([]) : names;
  if (names.value.trim() === '') return read([]);
  const file = family === 'ip' ? 'iptables-legacy-save' : 'ip6tables-legacy-save';
  const text = await readCommand(context, { file, args: [], ...sizes });
  return text.state === 'unreadable' ? text : read(parseSavedChains(text.value, file));
}

/** @param text as iptables-save(8) prints rules */
export function parseSavedChains(text: string, tool: string): Chain[] {
  const chains = new Map<string, Chain>();
  let table = '';
  for (const line of text.split('\n')) {
    if (line.startsWith('*')) table = `${tool} ${line.slice(1)}`;
    const declared = /^:(\S+) /.exec(line)?.[1];
    if (declared !== undefined) {
      const isBase = declared === 'INPUT' || declared === 'PREROUTING';
      chains.set(`${table} ${declared}`, { table, name: declared, isBase, rules: [] });
    }
    const [, name = '', rule = ''] = /^-A (\S+) (.*)$/.exec(line) ?? [];
    // In the words of nft, so that one search serves both.
    chains.get(`${table} ${name}`)?.rules.push(rule.replace(/-[jg] (\S+)/, 'jump $1'));
  }
  return [...chains.values()];
}

/** The best that any table has of a place: the one of IPv4 may stand where that of IPv6 is not yet made. */
function hookIn(chains: readonly Chain[], place: BanPlace): Hook {
  const holders = chains.filter((chain) =>
    place.kind === 'chain' ? chain.name === place.name : chain.rules.some((rule) => usesSet(rule, place.name)),
  );
  if (holders.length === 0) return 'absent';
  return holders.some((holder) => isReached(holder, chains)) ? 'reached' : 'unreached';
}

/** A rule that only counts who is banned keeps nobody out. */
function usesSet(rule: string, set: string): boolean {
  return rule.split(/\s+/).includes(`@${set}`) && /\b(?:drop|reject)\b/.test(rule);
}

function isReached(target: Chain, chains: readonly Chain[]): boolean {
  const waiting: Chain[] = [target];
  const seen = new Set<Chain>();
  for (let chain = waiting.pop(); chain !== undefined; chain = waiting.pop()) {
    if (chain.isBase) return true;
    if (seen.has(chain)) continue;
    seen.add(chain);
    const { table, name } = chain;
    waiting.push(...chains.filter((other) => other.table === table && other.rules.some((rule) => leadsTo(rule, name))));
  }
  return false;
}

function leadsTo(rule: string, chain: string): boolean {
  const words = rule.split(/\s+/);
  return words.some((word, index) => (word === 'jump' || word === 'goto') && words[index + 1] === chain);
}
