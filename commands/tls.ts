import { Command, Option } from 'commander';
import pLimit from 'p-limit';
import { LocalHost } from '../agent/host/local.ts';
import { scanGrounds, type GroundedScan } from '../agent/tls/scan.ts';
import { starttlsProtocols } from '../agent/tls/starttls/index.ts';
import { Starttls } from '../agent/tls/starttls/starttls.ts';
import { loadRoots, type RootStores } from '../agent/tls/trust/roots.ts';
import { starttlsNames, type StarttlsName } from '../policies/checks/endpoints.ts';
import { demandableLetters, isAtLeast, type Letter } from '../policies/checks/tls/rating/letters.ts';
import { rate } from '../policies/checks/tls/rating/rate.ts';
import { several, UsageError } from './subcommand.ts';
import { ProgressLine } from './terminal/progress.ts';
import { renderScan, renderSummary, type ShownScan } from './terminal/scan.ts';

interface TlsOptions {
  readonly name?: string;
  readonly starttls?: StarttlsName;
  readonly ca?: readonly string[];
  readonly atLeast?: Letter;
  readonly format: 'table' | 'json';
}

interface Target {
  readonly address: string;
  readonly port: number;
  readonly name?: string;
}

/** A target with what was found of it. */
interface Scanned extends ShownScan {
  readonly target: Target;
}

export function command(): Command {
  return new Command('tls')
    .argument('<host[:port]...>', 'names or addresses; IPv6 in brackets; port 443 unless given')
    .description('The SSL Labs letter of TLS endpoints, what to change first, and everything that it rests on.')
    .option('--name <name>', 'the host name to ask for (SNI), where it is not the one to connect to')
    .addOption(new Option('--starttls <protocol>', 'ask for TLS in this protocol first').choices(starttlsNames))
    .addOption(
      new Option('--ca <file>', 'a PEM file with roots to trust beside the system’s; may be repeated').argParser(
        several,
      ),
    )
    .addOption(new Option('--at-least <letter>', 'the letter that each must have').choices(demandableLetters))
    .addOption(new Option('--format <form>', 'how to print it').choices(['table', 'json']).default('table'))
    .addHelpText(
      'after',
      `
Exit code: 0 all is known, 2 something is unknown or does not speak TLS, 3 usage.
With --at-least: 0 each has at least that letter, 1 one has less or does not speak TLS, 2 one is not decided and none has less.

Example:
  waarborg tls www.example.nl
  waarborg tls www.example.nl mail.example.nl:993 --at-least A
  waarborg tls mail.example.nl:587 --starttls smtp
  waarborg tls 192.0.2.10:8443 --name www.example.nl --ca /etc/ssl/private-ca.pem --format json`,
    )
    .action(scanAll);
}

/** Few enough that no server is asked from here more than once at a time, as long as targets differ. */
const atOnce = 4;

async function scanAll(texts: readonly string[], options: TlsOptions): Promise<void> {
  const targets = texts.map((text) => parseTarget(text, options));
  const host = new LocalHost();
  const roots = await readRoots(host, options.ca ?? []);
  const progress = new ProgressLine();
  let done = 0;
  const say = (): void => {
    const [first] = targets;
    progress.say(targets.length === 1 ? `asking ${labelOf(first)} …` : `${done} of ${targets.length} endpoints …`);
  };
  say();
  const limit = pLimit(atOnce);
  const at = new Date();
  const scans = await Promise.all(
    targets.map((target) =>
      limit(async (): Promise<Scanned> => {
        const starttls = options.starttls === undefined ? {} : { starttls: new Starttls(options.starttls) };
        const found = await scanGrounds(host, { ...target, ...starttls }, { roots: () => Promise.resolve(roots) });
        done += 1;
        say();
        const rating = found.speaks === 'tls' ? rate({ ...found, name: target.name }, at) : undefined;
        return { target, label: labelOf(target), found, rating };
      }),
    ),
  );
  progress.clear();
  process.stdout.write(options.format === 'json' ? renderJson(scans, at) : renderTable(scans, at));
  process.exitCode = options.atLeast === undefined ? knowledgeCode(scans) : demandCode(scans, options.atLeast);
}

/** @throws UsageError where a file of roots cannot be read: a letter without it would be another's */
async function readRoots(host: LocalHost, files: readonly string[]): Promise<RootStores> {
  const roots = await loadRoots(host, files);
  if (roots.configured.state === 'read') return roots;
  const { code, what, detail } = roots.configured.obstacle;
  throw new UsageError(`--ca ${what}: ${detail ?? code}; expected a PEM file of certificates`);
}

/** Documented in docs/formats/output.md. */
function renderJson(scans: readonly Scanned[], at: Date): string {
  const targets = scans.map(({ target, found, rating }) => ({ ...target, ...found, rating: rating ?? null }));
  return `${JSON.stringify({ v: 2, at: at.toISOString(), targets }, undefined, 2)}\n`;
}

function renderTable(scans: readonly Scanned[], at: Date): string {
  const pages = scans.map((scan) => renderScan(scan, at)).join('');
  return scans.length > 1 ? `${pages}${renderSummary(scans)}` : pages;
}

function knowledgeCode(scans: readonly Scanned[]): 0 | 2 {
  return scans.every(({ found, rating }) => isWholeAnswer(found) && rating?.letter.best === rating?.letter.worst)
    ? 0
    : 2;
}

function isWholeAnswer(found: GroundedScan): boolean {
  if (found.speaks !== 'tls' || found.unanswered.length > 0) return false;
  return Object.values(found.versions).every(({ answer }) => answer !== 'unknown');
}

function demandCode(scans: readonly Scanned[], minimum: Letter): 0 | 1 | 2 {
  const codes = scans.map(({ found, rating }) => {
    // An end without a word may be meant for the asker only, and proves nothing.
    if (found.speaks === 'other') return found.answer === 'closed' ? 2 : 1;
    if (rating === undefined) return 2;
    if (!isAtLeast(rating.letter.best, minimum)) return 1;
    return isAtLeast(rating.letter.worst, minimum) ? 0 : 2;
  });
  if (codes.includes(1)) return 1;
  return codes.includes(2) ? 2 : 0;
}

function labelOf(target: Target | undefined): string {
  if (target === undefined) return '';
  const { address, port, name } = target;
  const where = `${address.includes(':') ? `[${address}]` : address}:${port}`;
  return name === undefined || name === address ? where : `${name} (${where})`;
}

function parseTarget(text: string, { name, starttls }: Pick<TlsOptions, 'name' | 'starttls'>): Target {
  const [, bracketed, plain, digits] = /^(?:\[([0-9a-fA-F:]+)\]|([^:[\]/\s]+))(?::([0-9]{1,5}))?$/.exec(text) ?? [];
  const address = bracketed ?? plain;
  const port = Number(digits ?? (starttls === undefined ? 443 : starttlsProtocols[starttls].port));
  if (address === undefined || port < 1 || port > 65_535) {
    throw new UsageError(`${text}: expected HOST or HOST:PORT, with an IPv6 address in brackets`);
  }
  const isAddress = bracketed !== undefined || /^[0-9.]+$/.test(address);
  const asked = name ?? (isAddress ? undefined : address);
  return { address, port, ...(asked === undefined ? {} : { name: asked.replace(/\.$/, '') }) };
}
