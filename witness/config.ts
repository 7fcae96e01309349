import { dirname, resolve } from 'node:path';
import { z } from 'zod';
import { Listen, verificationKey } from '../collector/config.ts';
import { isKeyName, parseLogKey } from '../evidence/vkey.ts';
import { loadYaml } from '../policies/yaml.ts';

/** witness.yaml */
export const WitnessConfig = z.strictObject({
  listen: Listen.prefault('127.0.0.1:9851'),
  /** The name in its signatures, for ever: a URL without scheme, spaces or plus signs. */
  name: z.string().max(200).refine(isKeyName, 'expected a name such as witness.example.nl/w1'),
  data: z.string().default('/var/lib/waarborg/witness'),
  /** PEM files; without them plain HTTP is spoken. Nothing that a witness is told or answers is secret. */
  tls: z.strictObject({ certificate: z.string(), key: z.string() }).optional(),
  /** How many proxies stand before it, whose X-Forwarded-For is believed. */
  proxies: z.int().nonnegative().default(0),
  /** Verification keys of the logs that it witnesses: two of one origin while a log changes its key. */
  logs: z.array(verificationKey(parseLogKey)).min(1, 'expected the verification key of at least one log'),
});
export type WitnessConfig = z.output<typeof WitnessConfig>;

/** @throws DocumentError */
export function loadWitnessConfig(file: string): WitnessConfig {
  const config = loadYaml(file, WitnessConfig);
  const folder = dirname(resolve(file));
  const tls = config.tls && {
    certificate: resolve(folder, config.tls.certificate),
    key: resolve(folder, config.tls.key),
  };
  return { ...config, data: resolve(folder, config.data), ...(tls ? { tls } : {}) };
}
