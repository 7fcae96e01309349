import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { stringify } from 'yaml';
import { z } from 'zod';
import { freePort } from './process.ts';

const Labels = z.record(z.string(), z.string());
const Point = z.tuple([z.number(), z.string()]);

/** One series of an answer: its labels, and the last of its values. */
export interface Series {
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

/** Debian's Prometheus, with a past, on a free port of 127.0.0.1; ends with its block. */
export interface Prometheus extends AsyncDisposable {
  readonly url: string;
  /** @param at seconds since 1970 */
  query(expr: string, at?: number): Promise<Series[]>;
  /** The series over a span of seconds up to now, in so many steps. */
  queryRange(expr: string, seconds: number, steps: number): Promise<Series[]>;
  labelValues(metric: string, label: string): Promise<string[]>;
}

export interface PrometheusInput {
  /** A temporary folder. */
  readonly folder: string;
  /** What is scraped each second. */
  readonly target: { readonly url: string; readonly token: string; readonly job: string; readonly instance: string };
  /** An OpenMetrics file with moments, and how far apart these are at most, in seconds. */
  readonly past?: { readonly file: string; readonly apart: number };
}

export async function startPrometheus({ folder, target, past }: PrometheusInput): Promise<Prometheus> {
  const data = join(folder, 'prometheus');
  mkdirSync(data, { recursive: true });
  if (past !== undefined) {
    execFileSync('promtool', ['tsdb', 'create-blocks-from', 'openmetrics', past.file, data], { stdio: 'pipe' });
  }
  const config = join(folder, 'prometheus.yml');
  const { host } = new URL(target.url);
  writeFileSync(
    config,
    stringify({
      global: { scrape_interval: '1s' },
      scrape_configs: [
        {
          job_name: target.job,
          authorization: { credentials: target.token },
          static_configs: [{ targets: [host], labels: { instance: target.instance } }],
        },
      ],
    }),
  );
  const address = `127.0.0.1:${await freePort()}`;
  const child = spawn(
    'prometheus',
    [
      `--config.file=${config}`,
      `--storage.tsdb.path=${data}`,
      '--storage.tsdb.retention.time=10y',
      `--web.listen-address=${address}`,
      ...(past === undefined ? [] : [`--query.lookback-delta=${past.apart}s`]),
    ],
    { stdio: ['ignore', 'ignore', 'pipe'] },
  );
  let said = '';
  child.stderr.on('data', (chunk: Buffer) => (said += chunk.toString()));
  const url = `http://${address}`;
  const prometheus = { url, ...api(url) };
  const end = async (): Promise<void> => {
    if (child.exitCode !== null) return;
    const ended = once(child, 'exit');
    child.kill('SIGTERM');
    await ended;
  };
  try {
    await untilScraped(
      prometheus.query,
      () => child.exitCode !== null,
      () => said,
    );
  } catch (error) {
    await end();
    throw error;
  }
  return { ...prometheus, [Symbol.asyncDispose]: end };
}

/** Twice, so that there is a rate. */
async function untilScraped(query: Prometheus['query'], isOver: () => boolean, said: () => string): Promise<void> {
  for (let tries = 0; tries < 300; tries++) {
    if (isOver()) break;
    const scrapes = await query('count_over_time(up[1m])').catch(() => []);
    const isUp = await query('up').catch(() => []);
    if ((scrapes[0]?.value ?? 0) >= 3 && isUp[0]?.value === 1) return;
    await wait(100);
  }
  throw new Error(`Prometheus did not scrape its target: ${said()}`);
}

function api(url: string): Pick<Prometheus, 'query' | 'queryRange' | 'labelValues'> {
  const ask = async <Form extends z.ZodType>(path: string, parameters: Record<string, string>, form: Form) => {
    const response = await fetch(`${url}/api/v1/${path}?${new URLSearchParams(parameters).toString()}`);
    const body = z
      .object({ status: z.string(), error: z.string().optional(), data: z.unknown() })
      .parse(await response.json());
    if (body.status !== 'success') throw new Error(`${JSON.stringify(parameters)}: ${body.error ?? ''}`);
    return form.parse(body.data);
  };
  return {
    async query(expr, at) {
      const form = z.object({ result: z.array(z.object({ metric: Labels, value: Point })) });
      const time = at === undefined ? {} : { time: String(at) };
      const { result } = await ask('query', { query: expr, ...time }, form);
      return result.map(({ metric, value }) => ({ labels: metric, value: Number(value[1]) }));
    },
    async queryRange(expr, seconds, steps) {
      const end = Date.now() / 1000;
      const span = { start: String(end - seconds), end: String(end), step: String(seconds / steps) };
      const form = z.object({ result: z.array(z.object({ metric: Labels, values: z.array(Point).min(1) })) });
      const { result } = await ask('query_range', { query: expr, ...span }, form);
      return result.map(({ metric, values }) => ({ labels: metric, value: Number(values.at(-1)?.[1]) }));
    },
    labelValues: (metric, label) => ask(`label/${label}/values`, { 'match[]': metric }, z.array(z.string())),
  };
}
