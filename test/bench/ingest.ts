import { generateKeyPairSync, randomBytes, sign, verify } from 'node:crypto';
import { Agent as HttpAgent, request } from 'node:http';
import { join } from 'node:path';
import { signEnvelope } from '../../evidence/envelope.ts';
import { packPart, type Submission } from '../../evidence/exchange.ts';
import { rawPublicKey } from '../../evidence/keys.ts';
import {
  commitmentOf,
  countVerdicts,
  digestOf,
  reportPayloadType,
  type Part,
  type Statement,
} from '../../evidence/report.ts';
import type { Observation } from '../../policies/observe.ts';
import { parsePolicy } from '../../policies/load.ts';
import { collectorOn, quickPolicyText } from '../support/road.ts';
import { temporaryFolder } from '../support/tools.ts';
import { percentile, secondsOf, tell } from './figures.ts';

const agents = 100;
const reportsEach = 100;
const observationsEach = 40;

/** A policy with so many controls. */
const [head = '', control = ''] = quickPolicyText.split('controls:\n');
const controls = Array.from({ length: observationsEach }, (_, index) => control.replace('Q-password', `Q-${index}`));
const policy = parsePolicy(`${head}controls:\n${controls.join('')}`, 'bench.yaml');

/**
 * Signed reports over HTTP on kept connections, each answered with a proof when it is on disk. Beside it, in the same
 * run: how many bare Ed25519 signatures this machine verifies, which no collector can be faster than.
 */
export async function bench(): Promise<void> {
  using folder = temporaryFolder();
  await using collector = await collectorOn(join(folder.path, 'collector'));
  const senders = await Promise.all(
    Array.from({ length: agents }, (_, index) => enrolledSender(collector, `host${index}`)),
  );
  const http = new HttpAgent({ keepAlive: true, maxSockets: agents });
  const latencies: number[] = [];
  const seconds = await secondsOf(async () => {
    await Promise.all(
      senders.map(async (sender) => {
        for (let count = 0; count < reportsEach; count++) {
          const body = JSON.stringify(sender.next());
          const begun = performance.now();
          await post(`${collector.url}/api/v1/reports`, body, http);
          latencies.push(performance.now() - begun);
        }
      }),
    );
  });
  http.destroy();
  const rate = (agents * reportsEach) / seconds;
  const bare = bareVerifications();
  tell(
    `reports of ${observationsEach} observations, proven and on disk`,
    `${rate.toFixed(0)} a second (sender in the same process)`,
  );
  tell(
    'answer, median and 99th percentile',
    `${percentile(latencies, 0.5).toFixed(0)} ms, ${percentile(latencies, 0.99).toFixed(0)} ms`,
  );
  tell('bare Ed25519 verifications', `${bare.toFixed(0)} a second (${(bare / rate).toFixed(1)} times as many)`);
}

interface Sender {
  next(): Submission;
}

async function enrolledSender(collector: Awaited<ReturnType<typeof collectorOn>>, agent: string): Promise<Sender> {
  const { privateKey, publicKey } = generateKeyPairSync('ed25519');
  const { secret } = collector.tokens.create({ role: 'enrol', label: '', validity: 600 }, new Date());
  const enrolment = { v: 1, token: secret, agent, publicKey: rawPublicKey(publicKey).toString('base64') };
  await post(`${collector.url}/api/v1/enrol`, JSON.stringify(enrolment));
  const policies = [{ policy: policy.policy, version: policy.version, digest: policy.digest }];
  let seq = 0;
  let prev: string | null = null;
  return {
    next() {
      const observations = observationsOf(seq);
      // One verdict changes with each report, so that the observations have to be sent and stored each time.
      const parts = [
        partOf('host', { v: 1, hostname: agent, os: 'Debian', agentVersion: '0', labels: {} }),
        partOf('observations', { v: 1, observations }),
      ];
      const statement: Statement = {
        v: 1,
        agent,
        epoch: 1,
        seq: ++seq,
        prev,
        issuedAt: new Date().toISOString(),
        policies,
        body: parts.map((part) => ({ name: part.name, commitment: commitmentOf(part) })),
        counts: countVerdicts(observations),
        seen: null,
      };
      const bytes = Buffer.from(JSON.stringify(statement));
      prev = digestOf(bytes);
      const envelope = signEnvelope(reportPayloadType, bytes, privateKey);
      const document = seq === 1 ? [{ digest: policy.digest, text: policy.text }] : [];
      return { v: 1, envelope, parts: parts.map(packPart), policies: document.map(packDocument), held: 0 };
    },
  };
}

function packDocument({ digest, text }: { digest: string; text: string }): { digest: string; zstd: string } {
  return { digest, zstd: packPart({ name: '', salt: Buffer.alloc(32), bytes: Buffer.from(text) }).zstd };
}

function partOf(name: string, content: unknown): Part {
  return { name, salt: randomBytes(32), bytes: Buffer.from(JSON.stringify(content)) };
}

function observationsOf(seq: number): Observation[] {
  return Array.from({ length: observationsEach }, (_, index) => {
    const verdict = index === seq % observationsEach ? 'fail' : 'pass';
    const reasons = [
      { code: 'tls.good', verdict, subject: `127.0.0.1:${index}`, values: { versions: 'TLSv1.3', minimum: 'TLSv1.2' } },
    ] as const;
    return { policy: policy.policy, control: `Q-${index}`, verdict, reasons: [...reasons] };
  });
}

function bareVerifications(): number {
  const { privateKey, publicKey } = generateKeyPairSync('ed25519');
  const message = randomBytes(2000);
  const signature = sign(null, message, privateKey);
  const begun = performance.now();
  let count = 0;
  while (performance.now() - begun < 1000) {
    verify(null, message, publicKey, signature);
    count++;
  }
  return count / ((performance.now() - begun) / 1000);
}

function post(url: string, body: string, agent?: HttpAgent): Promise<void> {
  return new Promise((resolve, reject) => {
    const sent = request(
      url,
      { method: 'POST', headers: { 'content-type': 'application/json' }, ...(agent ? { agent } : {}) },
      (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('end', () => {
          if (response.statusCode === 200) resolve();
          else reject(new Error(`${response.statusCode} ${Buffer.concat(chunks).toString()}`));
        });
      },
    );
    sent.on('error', reject);
    sent.end(body);
  });
}
