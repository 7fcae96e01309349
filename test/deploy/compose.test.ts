import { execFile, execFileSync, spawn, spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { promisify } from 'node:util';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';
import { enrol } from '../../agent/enrol.ts';
import { loadCollectorConfig } from '../../collector/config.ts';
import { freePort } from '../support/process.ts';
import { agentOn, collectorOn } from '../support/road.ts';
import { readSource, root } from '../support/sources.ts';
import { temporaryFolder, tool } from '../support/tools.ts';

const folder = join(root, 'deploy/compose');

const Service = z.object({
  read_only: z.boolean().optional(),
  cap_drop: z.array(z.string()).optional(),
  security_opt: z.array(z.string()).optional(),
  privileged: z.boolean().optional(),
  network_mode: z.string().optional(),
  ports: z.array(z.unknown()).optional(),
  volumes: z.array(z.string()).optional(),
  image: z.string(),
});
const Compose = z.object({ services: z.record(z.string(), Service), volumes: z.record(z.string(), z.unknown()) });

/** As docker-compose understands it. */
function understood(environment: Record<string, string>): { status: number | null; text: string } {
  const told = spawnSync('docker-compose', ['--file', 'compose.yaml', 'config'], {
    cwd: folder,
    encoding: 'utf8',
    env: { PATH: process.env.PATH, HOME: '/nonexistent', ...environment },
  });
  return { status: told.status, text: told.status === 0 ? told.stdout : told.stderr };
}

describe.skipIf(!tool('docker-compose'))('compose.yaml', () => {
  const { services, volumes } = Compose.parse(parse(readSource('deploy/compose/compose.yaml')));

  test('is taken by docker-compose, which asks for the name that nobody can guess', () => {
    const { status, text } = understood({ WAARBORG_NAME: 'waarborg.example.nl' });
    expect(status, text).toBe(0);
    expect(Object.keys(Compose.parse(parse(text)).services).sort()).toEqual(Object.keys(services).sort());
    expect(understood({})).toMatchObject({ status: 1, text: expect.stringContaining('WAARBORG_NAME') as string });
  });

  test.each(Object.entries(services))(
    '%s is held in: nothing to write but its data, no rights, nothing to gain',
    (name, service) => {
      expect(service.read_only).toBe(true);
      expect(service.cap_drop).toEqual(['ALL']);
      expect(service.security_opt).toEqual(['no-new-privileges:true']);
      expect(service.privileged).toBeUndefined();
      expect(service.image, 'a version, never the newest').toMatch(
        /:(v?\d+\.\d+\.\d+|\$\{WAARBORG_VERSION:-\d+\.\d+\.\d+\})$/,
      );
      if (name !== 'collector') expect([service.network_mode, service.ports]).toEqual(['service:collector', undefined]);
    },
  );

  test('keeps the guard apart from the log, and mounts only what is there', () => {
    expect(services.collector?.volumes).toEqual(
      expect.arrayContaining(['evidence:/var/lib/waarborg/collector', 'guard:/var/lib/waarborg/collector-guard']),
    );
    const mounted = Object.values(services).flatMap(({ volumes: own = [] }) =>
      own.map((volume) => volume.split(':')[0] ?? ''),
    );
    const files = mounted.filter((path) => path.startsWith('.') && !path.startsWith('./secrets/'));
    expect(files.filter((path) => !existsSync(join(folder, path)))).toEqual([]);
    expect(mounted.filter((path) => /^[a-z-]+$/.test(path)).sort()).toEqual(Object.keys(volumes).sort());
  });

  test('has settings that the collector takes', () => {
    expect(loadCollectorConfig(join(folder, 'collector.yaml'))).toMatchObject({
      proxies: 1,
      data: '/var/lib/waarborg/collector',
    });
  });
});

describe.skipIf(!tool('caddy'))('the proxy', () => {
  test(
    'leads an agent that knows its authority to the collector, and nobody to the metrics',
    { timeout: 60_000 },
    async () => {
      using work = temporaryFolder();
      const [plain, secure, inner] = [await freePort(), await freePort(), await freePort()];
      const config = { listen: `127.0.0.1:${inner}`, proxies: 1 };
      await using collector = await collectorOn(join(work.path, 'collector'), { config });
      const storage = join(work.path, 'caddy');
      const env = {
        ...{ PATH: process.env.PATH, HOME: work.path, WAARBORG_NAME: 'localhost', STORAGE: storage },
        ...{ HTTP_PORT: String(plain), HTTPS_PORT: String(secure), COLLECTOR_PORT: String(inner) },
      };
      const caddy = spawn('caddy', ['run', '--adapter', 'caddyfile', '--config', join(folder, 'Caddyfile')], {
        env,
        stdio: 'ignore',
      });
      try {
        const ca = join(storage, 'pki/authorities/local/root.crt');
        const url = `https://localhost:${secure}`;
        const data = join(work.path, 'agent');
        const agent = 'web1.example.nl';
        const token = collector.tokens.create({ role: 'enrol', label: '', validity: 600, agent }, new Date()).secret;
        await until(async () => existsSync(ca) && (await statusOf(`${url}/healthz`, ca)) === '200');
        await enrol({ collector: url, ca, token, agent, data });
        using reporter = agentOn(data);
        await reporter.runOnce();
        expect(await reporter.deliverAll()).toEqual({ state: 'empty' });
        expect(await statusOf(`${url}/metrics`, ca)).toBe('404');
        expect(await statusOf(`${url}/readyz`, ca)).toBe('200');
        expect(await statusOf(`http://localhost:${plain}/`, ca)).toBe('308');
      } finally {
        caddy.kill();
      }
    },
  );

  /** The status of an answer, `000` where there is none; not in this process, which is to answer meanwhile. */
  async function statusOf(url: string, ca: string): Promise<string> {
    const words = [
      '--silent',
      '--max-time',
      '5',
      '--cacert',
      ca,
      '--output',
      '/dev/null',
      '--write-out',
      '%{http_code}',
    ];
    const told = await promisify(execFile)('curl', [...words, url]).catch(() => ({ stdout: '000' }));
    return told.stdout;
  }

  async function until(holds: () => Promise<boolean>): Promise<void> {
    for (let left = 100; !(await holds()); left--) {
      if (left === 0) throw new Error('it did not come to that');
      await wait(100);
    }
  }
});

describe('the Dockerfile', () => {
  const text = readSource('deploy/compose/Dockerfile');
  const stages = [...text.matchAll(/^FROM (\S+)(?: AS (\S+))?$/gm)];

  test('ends in an image without a shell, as a user who is not root', () => {
    expect(stages.map(([, image]) => image)).toEqual(['debian:bookworm-slim', 'gcr.io/distroless/cc-debian12:nonroot']);
    const last = text.slice(stages.at(-1)?.index ?? 0);
    expect(last).toMatch(/^USER 65532:65532$/m);
    expect(last, 'nothing can be run there').not.toMatch(/^RUN /m);
    expect(last).toMatch(/^ENTRYPOINT \["\/usr\/bin\/waarborg"\]$/m);
  });

  test('brings each library that the program is linked to', () => {
    const linked = execFileSync('ldd', [process.execPath], { encoding: 'utf8' });
    const libraries = [...linked.matchAll(/^\s+(lib\w+\+*)\S* =>/gm)].map(([, name]) => name);
    // What the image has: glibc, libgcc and libstdc++ (github.com/GoogleContainerTools/distroless, cc).
    const has = ['libc', 'libdl', 'libm', 'libpthread', 'librt', 'libgcc_s', 'libstdc++'];
    expect(libraries.length).toBeGreaterThan(3);
    expect(libraries.filter((name) => name !== undefined && !has.includes(name))).toEqual(['libatomic']);
    expect(text).toContain('libatomic.so.1');
  });
});
