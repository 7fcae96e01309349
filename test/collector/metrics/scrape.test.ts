import { get } from 'node:http';
import { gunzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { allPass, hostState } from '../web/fleets.ts';
import { newToken, startWith } from '../web/running.ts';
import { temporaryFolder } from '../../support/tools.ts';

interface Scraped {
  readonly status: number | undefined;
  readonly type: string | undefined;
  readonly encoding: string | undefined;
  readonly vary: string | undefined;
  readonly body: Buffer;
}

/** One request as it goes over the wire: fetch would ask for compression by itself, and unpack it. */
function ask(url: string, token: string, headers: Record<string, string> = {}): Promise<Scraped> {
  return new Promise((resolve, reject) => {
    get(url, { headers: { authorization: `Bearer ${token}`, ...headers } }, (response) => {
      const pieces: Buffer[] = [];
      response.on('data', (piece: Buffer) => pieces.push(piece));
      response.on('end', () => {
        const { 'content-type': type, 'content-encoding': encoding, vary } = response.headers;
        resolve({ status: response.statusCode, type, encoding, vary, body: Buffer.concat(pieces) });
      });
    }).on('error', reject);
  });
}

/** What Prometheus 2.42 sends. */
const prometheusAccepts =
  'application/openmetrics-text;version=1.0.0,application/openmetrics-text;version=0.0.1;q=0.75,text/plain;version=0.0.4;q=0.5,*/*;q=0.1';

const hosts = ['web1', 'web2', 'web3'].map((agent, index) => hostState(agent, allPass, { index }));

describe('a scrape', () => {
  it('right after a start has every series, in the text format unless another is asked for', async () => {
    using folder = temporaryFolder();
    const collector = await startWith(folder.path, hosts, ['absent.example.nl']);
    try {
      const url = `${collector.url}/metrics`;
      const { status, type, encoding, vary, body } = await ask(url, newToken(collector, 'metrics'));
      expect([status, type, encoding]).toEqual([200, 'text/plain; version=0.0.4; charset=utf-8', undefined]);
      expect(vary).toBe('accept, accept-encoding');
      const lines = body.toString().split('\n');
      for (const { agent } of hosts) expect(lines.some((line) => line.includes(`{host="${agent}",policy=`))).toBe(true);
      expect(lines).toContain('waarborg_hosts{state="fresh"} 3');
      expect(lines).toContain('waarborg_hosts{state="never-seen"} 1');
      expect(lines).toContain('waarborg_control_grace_seconds{severity="critical"} 3600');
      expect(lines).toContain('waarborg_log_appended_entries_total{kind="report"} 0');
      expect(lines.some((line) => /^waarborg_store_free_bytes [1-9]/.test(line))).toBe(true);
      expect(lines.some((line) => line.startsWith('process_cpu_seconds_total'))).toBe(true);
      expect(body.toString()).not.toContain('# EOF');
    } finally {
      await collector.close();
    }
  });

  it('that Prometheus asks for is OpenMetrics, compressed, and whole', async () => {
    using folder = temporaryFolder();
    const collector = await startWith(folder.path, hosts);
    try {
      const headers = { accept: prometheusAccepts, 'accept-encoding': 'gzip' };
      const { type, encoding, body } = await ask(`${collector.url}/metrics`, newToken(collector, 'metrics'), headers);
      expect([type, encoding]).toEqual(['application/openmetrics-text; version=1.0.0; charset=utf-8', 'gzip']);
      const text = gunzipSync(body).toString();
      expect(text.endsWith('\n# EOF\n')).toBe(true);
      expect(text.match(/^# EOF$/gm)).toHaveLength(1);
      expect(text).not.toMatch(/^$\n/m);
      expect(text).toContain('# TYPE waarborg_http_problems counter\n');
      expect(text).toContain('# TYPE process_cpu_seconds counter\n');
      // Asked a second time, prom-client must still know the names of its counters.
      const again = await ask(`${collector.url}/metrics`, newToken(collector, 'metrics'));
      expect(again.body.toString()).toContain('# TYPE process_cpu_seconds_total counter\n');
    } finally {
      await collector.close();
    }
  });

  it('of a shard has its hosts, and what is no shard is refused and counted', async () => {
    using folder = temporaryFolder();
    const collector = await startWith(folder.path, hosts);
    try {
      const token = newToken(collector, 'metrics');
      const shards = await Promise.all(
        [0, 1].map(async (number) => (await ask(`${collector.url}/metrics?shard=${number}/2`, token)).body.toString()),
      );
      const infos = shards.flatMap((text) => text.match(/^waarborg_host_info.*$/gm) ?? []);
      expect(infos).toHaveLength(3);
      expect(shards.map((text) => text.includes('process_cpu_seconds_total'))).toEqual([true, false]);
      const refused = await ask(`${collector.url}/metrics?shard=2/2`, token);
      expect([refused.status, JSON.parse(refused.body.toString())]).toMatchObject([400, { code: 'http.query' }]);
      const counted = (await ask(`${collector.url}/metrics`, token)).body.toString();
      expect(counted).toContain('waarborg_http_problems_total{code="http.query"} 1');
    } finally {
      await collector.close();
    }
  });

  it('that is given up harms nobody', async () => {
    using folder = temporaryFolder();
    const many = Array.from({ length: 400 }, (_, number) => hostState(`host${number}`, allPass, { index: number }));
    const collector = await startWith(folder.path, many);
    try {
      const token = newToken(collector, 'metrics');
      const leaving = new AbortController();
      const gone = fetch(`${collector.url}/metrics`, {
        headers: { authorization: `Bearer ${token}` },
        signal: leaving.signal,
      }).then((response) => {
        leaving.abort();
        return response.text();
      });
      await expect(gone).rejects.toThrow();
      expect((await ask(`${collector.url}/metrics`, token)).status).toBe(200);
    } finally {
      await collector.close();
    }
  });
});
