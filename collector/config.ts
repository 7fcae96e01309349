import { dirname, join, resolve } from 'node:path';
import { z } from 'zod';
import { AgentName } from '../evidence/report.ts';
import { Duration } from '../policies/quantities.ts';
import { loadYaml } from '../policies/yaml.ts';

/** An address and port to listen on. */
export const Listen = z
  .string()
  .regex(/^(\[[0-9a-f:]+\]|[0-9a-zA-Z.-]+):[0-9]{1,5}$/, 'expected an address and port, such as 127.0.0.1:9850')
  .transform((text) => {
    const colon = text.lastIndexOf(':');
    return { address: text.slice(0, colon).replace(/^\[|\]$/g, ''), port: Number(text.slice(colon + 1)) };
  });

/** collector.yaml */
export const CollectorConfig = z.strictObject({
  listen: Listen.prefault('127.0.0.1:9850'),
  /** The log's name for ever: a URL without scheme, spaces or plus signs. */
  origin: z.string().regex(/^[^\s+]{1,200}$/, 'expected a name such as waarborg.example.nl/log'),
  data: z.string().default('/var/lib/waarborg/collector'),
  /** Where the log's last signed head is kept: outside of `data`. Left out: in a folder beside it. */
  guard: z.string().optional(),
  /** Heads of this log that somebody else keeps, as files: at a start the log must continue each. */
  checkpoints: z.array(z.string()).default([]),
  /** PEM files; without them only loopback is listened on, for a proxy on this machine. */
  tls: z.strictObject({ certificate: z.string(), key: z.string() }).optional(),
  /** How many proxies stand before it, whose X-Forwarded-For is believed. */
  proxies: z.int().nonnegative().default(0),
  /** A host without a report for this long is out of date. */
  staleAfter: Duration.prefault('1h'),
  /** Names that must report; one that never did is shown as never seen. */
  hosts: z.array(AgentName).default([]),
});
export type CollectorConfig = z.output<typeof CollectorConfig>;

/** @throws DocumentError */
export function loadCollectorConfig(file: string): CollectorConfig {
  const config = loadYaml(file, CollectorConfig);
  const folder = dirname(resolve(file));
  const tls = config.tls && {
    certificate: resolve(folder, config.tls.certificate),
    key: resolve(folder, config.tls.key),
  };
  return {
    ...config,
    data: resolve(folder, config.data),
    ...(config.guard === undefined ? {} : { guard: resolve(folder, config.guard) }),
    checkpoints: config.checkpoints.map((checkpoint) => resolve(folder, checkpoint)),
    ...(tls ? { tls } : {}),
  };
}

/** Where the guard is kept: unless set, in a folder beside the data folder, so that a copy of the one has not the other. */
export function guardFile({ guard, data }: Pick<CollectorConfig, 'guard' | 'data'>): string {
  return resolve(guard ?? join(`${resolve(data)}-guard`, 'head'));
}
