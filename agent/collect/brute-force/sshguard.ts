import type { Guard, Source } from '../../../policies/checks/brute-force/facts.ts';
import type { CollectContext } from '../collector.ts';
import { readArguments, type Process } from '../processes.ts';
import { readKernelRules, type BanPlace } from './hooks.ts';
import { readFiles, readJournal } from './sources.ts';

/** The programs that its script starts (sshguard(8)), by what the kernel calls them: names are cut to 15 characters. */
const parts = ['sshg-parser', 'sshg-blocker'] as const;

/** What its programs for firewalls make (sshguard-setup(7)); of others it cannot be read. */
const places: Readonly<Record<string, BanPlace>> = {
  'sshg-fw-nft-sets': { kind: 'set', name: 'attackers' },
  'sshg-fw-iptables': { kind: 'chain', name: 'sshguard' },
};

/** Undefined where no program of sshguard runs. */
export async function readSshguard(context: CollectContext, processes: readonly Process[]): Promise<Guard | undefined> {
  const own = processes.filter(({ name }) => name === 'sshguard' || name.startsWith('sshg-'));
  if (own.length === 0) return undefined;
  const commands = new Map<string, readonly string[]>();
  for (const { pid, name } of own) {
    const words = await readArguments(context.host, pid);
    if (words.state === 'read') commands.set(name, words.value);
  }
  const backend = [...commands.values()].flat().find((word) => /\/sshg-fw-[\w-]+$/.test(word));
  const backendName = backend?.split('/').at(-1) ?? null;
  const place = backendName === null ? undefined : places[backendName];
  const isThere = (name: string): boolean => own.some((process) => process.name === name);
  const blocker = commands.get('sshg-blocker') ?? [];
  const seconds = Number(blocker[blocker.indexOf('-p') + 1]);
  return {
    program: 'sshguard',
    missing: [
      ...parts.filter((name) => !isThere(name)),
      ...(own.some(({ name }) => name.startsWith('sshg-fw-')) ? [] : ['sshg-fw']),
    ],
    backend: backendName,
    banSeconds: Number.isNaN(seconds) || !blocker.includes('-p') ? null : seconds,
    source: await readSource(context, processes, own),
    hook: place === undefined ? null : (await readKernelRules(context)).hookOf(place),
  };
}

/** Its log comes from a child of its script: `tail` with files, or journalctl. */
async function readSource(
  context: CollectContext,
  processes: readonly Process[],
  own: readonly Process[],
): Promise<Source | null> {
  const parents = new Set(own.map(({ pid }) => pid));
  const files: string[] = [];
  for (const { pid, name, parent } of processes) {
    if (!parents.has(parent) || (name !== 'tail' && name !== 'journalctl')) continue;
    const words = await readArguments(context.host, pid);
    if (words.state === 'unreadable') return null;
    if (name === 'journalctl') return readJournal(context, chosenEntries(words.value.slice(1)));
    files.push(...words.value.slice(1).filter((word) => word.startsWith('/')));
  }
  return files.length === 0 ? null : readFiles(context, files);
}

/** Of journalctl's arguments those that choose entries: not how they are shown, nor that it waits for more. */
export function chosenEntries(words: readonly string[]): string[] {
  const chosen: string[] = [];
  for (let index = 0; index < words.length; index++) {
    const word = words[index] ?? '';
    const value = words[index + 1];
    const isOption = /^(?:-[tup]|--(?:identifier|unit|priority|facility))$/.test(word);
    const isBundle = /^-[a-z]*p$/.test(word);
    if ((isOption || isBundle) && value !== undefined) {
      chosen.push(isOption ? word : '-p', value);
      index++;
    } else if (/^--(?:identifier|unit|priority|facility)=|^_?[A-Z][A-Z_]*=|^\+$/.test(word)) {
      chosen.push(word);
    }
  }
  return chosen;
}
