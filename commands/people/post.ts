import { createPrivateKey, sign, type KeyObject } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { extname } from 'node:path';
import { Command } from 'commander';
import { EvidenceAnswer } from '../../collector/pipelines/exchange.ts';
import { signedBytes } from '../../collector/pipelines/signature.ts';
import { addCollectorOptions, CollectorClient, type CollectorOptions } from '../collector-client.ts';
import { UsageError } from '../subcommand.ts';

interface PostOptions extends CollectorOptions {
  readonly policy: string;
  readonly file: string;
  readonly key?: string;
}

const types: Readonly<Record<string, string>> = { '.xml': 'application/xml', '.json': 'application/json' };

/** What a pipeline runs when its tests have ended. */
export function postCommand(): Command {
  return addCollectorOptions(new Command('post'))
    .argument('<control>')
    .description(
      'From a pipeline, with its own token: post what its tests found, as JUnit or JSON. See docs/people.md.',
    )
    .requiredOption('--policy <name>', 'the document that the control stands in')
    .requiredOption('--file <file>', 'JUnit (.xml), or {"v": 1, "passed": true} (.json)')
    .option('--key <file>', 'an Ed25519 key (PEM) to sign it with, where the token wants that')
    .action(post);
}

async function post(control: string, { policy, file, key, ...options }: PostOptions): Promise<void> {
  const type = types[extname(file).toLowerCase()];
  if (type === undefined) throw new UsageError(`--file ${file}: expected one of ${Object.keys(types).join(', ')}`);
  const body = contentOf('--file', file);
  const signed = key === undefined ? {} : signatureHeaders(privateKey(key), { policy, control, body });
  const path = `/api/v1/evidence/${encodeURIComponent(policy)}/${encodeURIComponent(control)}`;
  const client = new CollectorClient(options);
  const { id, index, by } = await client.postBytes(
    path,
    new Uint8Array(body),
    { 'content-type': type, ...signed },
    EvidenceAnswer,
  );
  process.stdout.write(`${id}: entry ${index} of the log, by ${by}\n`);
}

function signatureHeaders(
  key: KeyObject,
  evidence: { readonly policy: string; readonly control: string; readonly body: Buffer },
): Record<string, string> {
  const timestamp = String(Math.floor(Date.now() / 1000));
  const signature = sign(null, signedBytes({ timestamp, ...evidence }), key).toString('base64');
  return { 'waarborg-timestamp': timestamp, 'waarborg-signature': signature };
}

function privateKey(file: string): KeyObject {
  const content = contentOf('--key', file);
  try {
    const key = createPrivateKey(content);
    if (key.asymmetricKeyType === 'ed25519') return key;
  } catch {
    // Told below, with what was expected.
  }
  throw new UsageError(`--key ${file}: expected a PEM file with an Ed25519 key`);
}

function contentOf(option: string, file: string): Buffer {
  try {
    return readFileSync(file);
  } catch {
    throw new UsageError(`${option} ${file}: cannot be read`);
  }
}
