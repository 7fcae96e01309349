import { read, type Reading } from '../../../policies/reading.ts';
import type { Host } from '../../host/host.ts';
import { toolFailure } from '../tool-failure.ts';
import { placeOfUrl, withoutComments, type Told } from './told.ts';

/** Flags of a log path by which it gets no less: to wait for its destinations, and to be the last for what it took. */
const harmless = ['flow-control', 'final'];

/** What the running syslog-ng goes by: it tells its whole configuration by its control socket. */
export async function readSyslogNg(host: Host, signal: AbortSignal): Promise<Reading<Told[]>> {
  const answer = await host.run({ file: 'syslog-ng-ctl', args: ['config', '--preprocessed'], timeout: 10 }, signal);
  if (answer.state === 'unreadable') return answer;
  const { exitCode, stdout } = answer.value;
  if (exitCode !== 0 || !stdout.includes('@version')) {
    return toolFailure('syslog-ng-ctl config --preprocessed', answer.value);
  }
  return read(parseSyslogNg(stdout));
}

/** Destinations that a log path uses; one that chooses, or stands behind a final one, sends a part. */
export function parseSyslogNg(text: string): Told[] {
  const plain = withoutComments(text);
  const destinations = new Map(
    blocks(plain, /\bdestination\s+"?([\w.-]+)"?\s*\{/g).map(({ name, body }) => [name, body]),
  );
  const told: Told[] = [];
  let isWhole = true;
  for (const { body } of blocks(plain, /\blog\s*()\{/g)) {
    const flags: string[] = /\bflags\s*\(([^)]*)\)/.exec(body)?.[1]?.match(/[\w-]+/g) ?? [];
    const chooses =
      /\b(?:filter|if|junction|log)\b\s*[({]/.test(body) || flags.some((flag) => !harmless.includes(flag));
    const named = [...body.matchAll(/\bdestination\s*\(\s*"?([\w.-]+)"?\s*\)/g)].map(([, name]) =>
      destinations.get(name ?? ''),
    );
    const inline = blocks(body, /\bdestination\s*()\{/g).map((block) => block.body);
    for (const drivers of [...named, ...inline]) {
      told.push(
        ...parseDrivers(drivers ?? '').map((one) => ({
          ...one,
          scope: isWhole && !chooses ? ('all' as const) : ('part' as const),
        })),
      );
    }
    // What a final path takes does not reach those after it.
    if (flags.includes('final')) isWhole = false;
  }
  return told;
}

function parseDrivers(body: string): Omit<Told, 'scope'>[] {
  const found: Omit<Told, 'scope'>[] = [];
  for (const { name, body: options } of blocks(
    body,
    /\b(network|syslog|tcp6?|udp6?|relp|http|elasticsearch-http|loki)\s*\(/g,
  )) {
    const url = /\burls?\s*\(\s*"([^"]+)"/.exec(options)?.[1];
    const place = url === undefined ? undefined : placeOfUrl(url);
    if (place !== undefined) found.push({ ...place, transport: 'http' });
    const host = /^\s*"?([\w.:-]+)"?/.exec(options)?.[1];
    if (url !== undefined || host === undefined) continue;
    const transport = /\btransport\s*\(\s*"?([\w-]+)"?/.exec(options)?.[1] ?? name;
    const port = Number(/\bport\s*\(\s*"?(\d+)"?\s*\)/.exec(options)?.[1] ?? (name === 'syslog' ? 601 : 514));
    found.push({ host, port, transport: transport.startsWith('udp') ? 'datagram' : 'stream' });
  }
  return found;
}

/** What stands between a bracket at the end of `opening` and the one that closes it, quotes left alone. */
function blocks(text: string, opening: RegExp): { name: string; body: string }[] {
  const found: { name: string; body: string }[] = [];
  let end = 0;
  for (const match of text.matchAll(opening)) {
    if (match.index < end) continue;
    const start = match.index + match[0].length;
    let depth = 1;
    const marks = /"(?:[^"\\]|\\.)*"|'[^']*'|[(){}]/g;
    marks.lastIndex = start;
    for (let mark = marks.exec(text); mark !== null && depth > 0; mark = depth > 0 ? marks.exec(text) : null) {
      if (/^[({]$/.test(mark[0])) depth += 1;
      else if (/^[)}]$/.test(mark[0])) depth -= 1;
      end = mark.index;
    }
    found.push({ name: match[1] ?? '', body: text.slice(start, end) });
  }
  return found;
}
