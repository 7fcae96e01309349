import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { bundle } from '../../deploy/build.ts';
import { makeCertificate, type CertificateOrder } from '../support/certificates.ts';
import { startNginx, type Nginx, type NginxServer } from '../support/nginx.ts';
import { temporaryFolder, tool } from '../support/tools.ts';
import { percentile, tell } from './figures.ts';

const rounds = 5;
const nameCount = 500;
const certificateCount = 25;
const day = 86_400;

/** As Mozilla advises for servers that also serve older clients; nginx's own default has three times as many. */
const intermediate =
  'ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-RSA-AES128-GCM-SHA256:ECDHE-ECDSA-AES256-GCM-SHA384:' +
  'ECDHE-RSA-AES256-GCM-SHA384:ECDHE-ECDSA-CHACHA20-POLY1305:ECDHE-RSA-CHACHA20-POLY1305';

/** One endpoint, whole process of the bundled program, beside nmap and sslscan; and many names on one address. */
export async function bench(): Promise<void> {
  using folder = temporaryFolder();
  const bundled = join(folder.path, 'dist');
  await bundle(bundled);
  const make = (order: Pick<CertificateOrder, 'name' | 'key' | 'names'>) =>
    makeCertificate(folder.path, { ...order, validSeconds: 90 * day });
  const rsa = make({ name: 'rsa', key: 'rsa:2048' });
  const names = Array.from({ length: nameCount }, (_, index) => `www${index}.example.nl`);
  const certificates = Array.from({ length: certificateCount }, (_, index) =>
    make({ name: `many${index}`, key: 'rsa:2048', names: names.filter((__, at) => at % certificateCount === index) }),
  );
  const virtual = names.map((name, index): NginxServer => {
    const own = certificates[index % certificateCount];
    return { at: 'names', names: [name], certificates: own === undefined ? [] : [own] };
  });
  await using nginx = await startNginx({
    servers: [
      { at: 'intermediate', certificates: [rsa], ciphers: intermediate },
      { at: 'default', certificates: [rsa] },
      ...virtual,
      { at: 'status', directives: ['location = /status { stub_status; }'] },
    ],
  });
  await oneEndpoint(nginx, 'intermediate', join(bundled, 'waarborg.js'));
  await oneEndpoint(nginx, 'default', join(bundled, 'waarborg.js'));
  const cache = join(folder.path, 'cache');
  // Once for nothing but the cache: the bundled agent compiles no TypeScript either.
  await manyNames(nginx, names.slice(0, 1), cache, () => undefined);
  await manyNames(nginx, names, cache, tell);
}

async function oneEndpoint(nginx: Nginx, at: string, program: string): Promise<void> {
  const target = `127.0.0.1:${nginx.port(at)}`;
  const nmap = ['-Pn', '-p', String(nginx.port(at)), '--script', 'ssl-enum-ciphers,ssl-cert', '127.0.0.1'];
  const contenders: readonly (readonly [string, string, readonly string[]])[] = [
    ['waarborg tls', process.execPath, [program, 'tls', target]],
    ['nmap ssl-enum-ciphers,ssl-cert', '/usr/bin/nmap', nmap],
    ['sslscan', '/usr/bin/sslscan', [target]],
  ];
  const seconds = new Map<string, number[]>();
  const connections = new Map<string, number>();
  // In turn, so that whatever else the machine does burdens all alike.
  for (let round = 0; round < rounds; round++) {
    for (const [name, file, args] of contenders) {
      if (file.startsWith('/usr/') && tool(name.split(' ')[0] ?? '') === undefined) continue;
      const before = await acceptedBy(nginx);
      const begun = performance.now();
      await run(file, args);
      seconds.set(name, [...(seconds.get(name) ?? []), (performance.now() - begun) / 1000]);
      connections.set(name, (await acceptedBy(nginx)) - before - 1);
    }
  }
  const ours = percentile(seconds.get('waarborg tls') ?? [], 0.5);
  for (const [name, times] of seconds) {
    const median = percentile(times, 0.5);
    const ratio = name === 'waarborg tls' ? '' : `, waarborg takes ${(ours / median).toFixed(2)} of it`;
    tell(`${at}: ${name}`, `${median.toFixed(3)} s, ${connections.get(name)} connections${ratio}`);
  }
}

/** In a process of its own, so that its peak of memory is its own; with the heap that the agent's unit gives it. */
async function manyNames(nginx: Nginx, names: readonly string[], cache: string, say: typeof tell): Promise<void> {
  for (const kinds of ['certificate', 'certificate,tls']) {
    const before = await acceptedBy(nginx);
    const script = new URL('tls-names.ts', import.meta.url).pathname;
    const args = ['--max-semi-space-size=4', script, String(nginx.port('names')), String(names.length), kinds];
    const text = await run(process.execPath, args, { NODE_COMPILE_CACHE: cache });
    const { seconds, served, peak } = JSON.parse(text) as { seconds: number; served: number; peak: number };
    const each = ((await acceptedBy(nginx)) - before - 1) / names.length;
    say(
      `${names.length} names on one nginx (${kinds})`,
      `${(names.length / seconds).toFixed(0)} names/s, ${served} with a certificate, ` +
        `${each.toFixed(1)} connections each, peak ${(peak / 2 ** 20).toFixed(0)} MiB`,
    );
  }
}

/** How many connections nginx has accepted so far, this question included. */
async function acceptedBy(nginx: Nginx): Promise<number> {
  const answer = await fetch(`http://127.0.0.1:${nginx.port('status')}/status`, { headers: { connection: 'close' } });
  return Number((await answer.text()).split('\n')[2]?.trim().split(' ')[0]);
}

async function run(file: string, args: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<string> {
  const child = spawn(file, args, { stdio: ['ignore', 'pipe', 'inherit'], env: { ...process.env, ...env } });
  let text = '';
  child.stdout.on('data', (chunk: Buffer) => (text += chunk.toString()));
  await once(child, 'close');
  return text;
}
