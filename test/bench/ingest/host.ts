import { generateKeyPairSync, randomBytes, type KeyObject } from 'node:crypto';
import { signEnvelope } from '../../../evidence/envelope.ts';
import { pack, packPart, type Submission } from '../../../evidence/exchange.ts';
import { rawPublicKey } from '../../../evidence/keys.ts';
import {
  commitmentOf,
  countVerdicts,
  digestOf,
  factsPartName,
  hostPartName,
  observationsPartName,
  reportPayloadType,
  type Part,
  type Statement,
} from '../../../evidence/report.ts';
import type { Facts } from '../../../policies/checks/updates/facts.ts';
import { parsePolicy } from '../../../policies/load.ts';
import type { Observation } from '../../../policies/observe.ts';
import { read, unreadable } from '../../../policies/reading.ts';
import { quickPolicyText } from '../../support/road.ts';
import { observationsEach } from './fleet.ts';
import type { z } from 'zod';

const [head = '', control = ''] = quickPolicyText.split('controls:\n');
const controls = Array.from({ length: observationsEach }, (_, index) => control.replace('Q-password', `Q-${index}`));
const policy = parsePolicy(`${head}controls:\n${controls.join('')}`, 'bench.yaml');
const document = { digest: policy.digest, zstd: pack(Buffer.from(policy.text)) };

/** A host that reports: its key, its chain, and the parts that it last sent. */
export class ReportingHost {
  readonly agent: string;
  readonly publicKey: string;
  readonly #key: KeyObject;
  #epoch = 0;
  #seq = 0;
  #prev: string | null = null;
  #seen: Statement['seen'] = null;
  #observations: readonly Observation[] = [];
  #parts: Part[] = [];

  constructor(agent: string) {
    const { privateKey, publicKey } = generateKeyPairSync('ed25519');
    this.agent = agent;
    this.#key = privateKey;
    this.publicKey = rawPublicKey(publicKey).toString('base64');
  }

  enrolled(epoch: number): void {
    this.#epoch = epoch;
  }

  /** The checkpoint that its next statements promise to have seen. */
  proven(seen: NonNullable<Statement['seen']>): void {
    this.#seen = seen;
  }

  /** The first report brings the document and every part. */
  first(): Submission {
    this.#parts = [
      partOf(hostPartName, {
        v: 1,
        hostname: this.agent,
        os: 'Debian GNU/Linux 12',
        agentVersion: '0.1.0',
        labels: {},
      }),
      partOf(factsPartName('password-age'), unreadable('denied', '/etc/shadow')),
    ];
    return { ...this.next(true), parts: this.#parts.map(packPart), policies: [document] };
  }

  /** @param isChanged whether observations and one kind's facts are others than before, and so are sent along */
  next(isChanged: boolean): Submission {
    this.#seq += 1;
    const changed = isChanged ? this.#change() : [];
    const statement: Statement = {
      v: 1,
      agent: this.agent,
      epoch: this.#epoch,
      seq: this.#seq,
      prev: this.#prev,
      issuedAt: new Date().toISOString(),
      policies: [{ policy: policy.policy, version: policy.version, digest: policy.digest }],
      body: this.#parts.map((part) => ({ name: part.name, commitment: commitmentOf(part) })),
      counts: countVerdicts(this.#observations),
      seen: this.#seen,
    };
    const bytes = Buffer.from(JSON.stringify(statement));
    this.#prev = digestOf(bytes);
    const envelope = signEnvelope(reportPayloadType, bytes, this.#key);
    return { v: 1, envelope, parts: changed.map(packPart), policies: [], held: 0 };
  }

  #change(): Part[] {
    this.#observations = observationsOf(this.#seq);
    const changed = [
      partOf(observationsPartName, { v: 1, observations: this.#observations }),
      partOf(factsPartName('updates'), updatesOf(this.#seq)),
    ];
    const names = new Set(changed.map(({ name }) => name));
    this.#parts = [...this.#parts.filter(({ name }) => !names.has(name)), ...changed];
    return changed;
  }
}

function partOf(name: string, content: unknown): Part {
  return { name, salt: randomBytes(32), bytes: Buffer.from(JSON.stringify(content)) };
}

/** One verdict that changes with the number. */
function observationsOf(seq: number): Observation[] {
  return Array.from({ length: observationsEach }, (_, index) => {
    const verdict = index === seq % observationsEach ? 'fail' : 'pass';
    const values = { versions: 'TLSv1.3', minimum: 'TLSv1.2' };
    const reasons = [{ code: 'tls.good', verdict, subject: `127.0.0.1:${index}`, values } as const];
    return { policy: policy.policy, control: `Q-${index}`, verdict, reasons: [...reasons] };
  });
}

/** The facts of a host on which that many updates wait. */
function updatesOf(seq: number): unknown {
  const waiting = Array.from({ length: seq % 30 }, (_, index) => ({
    package: `package${index.toString().padStart(2, '0')}`,
    installed: '1.2.3-1',
    candidate: '1.2.3-2',
    held: false,
    security: null,
    unlabelled: null,
  }));
  const facts: z.output<typeof Facts> = {
    manager: 'apt',
    release: unreadable('missing', '/etc/os-release'),
    sources: unreadable('command-failed', 'apt-get indextargets'),
    lastAttempt: unreadable('missing', '/var/lib/apt/periodic/update-stamp'),
    packages: read({ installed: 500, waiting }),
    reboot: {
      required: read(seq % 2 === 0),
      running: read({ release: '6.1.0-13-amd64', build: '#1 SMP Debian 6.1.55-1' }),
      livePatches: read([]),
      kernels: read([{ release: '6.1.0-13-amd64', version: '6.1.55-1' }]),
    },
    support: unreadable('missing', '/etc/waarborg/end-of-life.yaml'),
    automatic: unreadable('command-missing', 'apt-config'),
    outdated: read([]),
    history: unreadable('missing', '/var/log/apt/history.log'),
  };
  return read(facts);
}
