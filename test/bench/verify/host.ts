import { generateKeyPairSync, randomBytes, type KeyObject } from 'node:crypto';
import type { Checkpoint } from '../../../evidence/checkpoint.ts';
import type { Entry } from '../../../evidence/entry.ts';
import { signEnvelope } from '../../../evidence/envelope.ts';
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
import type { ReadFacts } from '../../../policies/checks/kind.ts';
import { observerOf, readFacts, type Observation, type Observer } from '../../../policies/observe.ts';
import { factsAt } from './facts.ts';
import { policy } from './policy.ts';

/** A part with what it is committed under. */
export interface CommittedPart extends Part {
  readonly bytes: Buffer;
  readonly commitment: string;
}

/** A host whose facts change now and then, with a real key and a real chain of reports. */
export class BenchHost {
  readonly agent: string;
  readonly #number: number;
  readonly #key: KeyObject;
  #seq = 0;
  #changes: number | undefined;
  #prev: string | null = null;
  #parts = new Map<string, CommittedPart>();
  #observers: Observer[] = [];
  #observations: readonly Observation[] = [];

  constructor(number: number) {
    this.#number = number;
    this.agent = `host${number}.example.nl`;
    this.#key = generateKeyPairSync('ed25519').privateKey;
    this.#put(hostPartName, {
      v: 1,
      hostname: this.agent,
      os: 'Debian GNU/Linux 12 (bookworm)',
      agentVersion: '0.1.0',
      labels: { role: number % 2 === 0 ? 'web' : 'database' },
    });
  }

  enrolment(at: Date): Entry {
    const publicKey = rawPublicKey(this.#key).toString('base64');
    return { v: 1, kind: 'agent.enrol', receivedAt: at.toISOString(), agent: this.agent, epoch: 1, publicKey };
  }

  /**
   * The next report.
   * @param changes of its facts until now: one more is a change of one kind
   * @returns its entry, and the parts that no report before it had
   */
  report(at: Date, changes: number, seen: Checkpoint | null): { entry: Entry; parts: CommittedPart[] } {
    const before = new Set(this.#parts.values());
    const isNew = changes !== this.#changes;
    if (isNew) this.#change(changes);
    const observations = this.#observers.map((observe) => observe(at).observation);
    if (isNew || observations.some((observation, index) => observation !== this.#observations[index])) {
      this.#put(observationsPartName, { v: 1, observations });
    }
    this.#observations = observations;
    const entry = this.#sign(at, observations, seen);
    return { entry, parts: [...this.#parts.values()].filter((part) => !before.has(part) || this.#seq === 1) };
  }

  #change(changes: number): void {
    this.#changes = changes;
    const read = new Map<string, ReadFacts>();
    for (const [kind, reading] of factsAt(this.#number, changes)) {
      this.#put(factsPartName(kind), reading);
      read.set(kind, readFacts(kind, reading));
    }
    this.#observers = policy.controls.map((control) =>
      observerOf(policy.policy, control, read.get(control.check) ?? readFacts(control.check, undefined)),
    );
  }

  #sign(at: Date, observations: readonly Observation[], seen: Checkpoint | null): Entry {
    this.#seq += 1;
    const statement: Statement = {
      v: 1,
      agent: this.agent,
      epoch: 1,
      seq: this.#seq,
      prev: this.#prev,
      issuedAt: at.toISOString(),
      policies: [{ policy: policy.policy, version: policy.version, digest: policy.digest }],
      body: [...this.#parts.values()].map(({ name, commitment }) => ({ name, commitment })),
      counts: countVerdicts(observations),
      seen: seen && { origin: seen.origin, size: seen.size, root: seen.root.toString('base64') },
    };
    const bytes = Buffer.from(JSON.stringify(statement));
    this.#prev = digestOf(bytes);
    const receivedAt = new Date(at.getTime() + 2000).toISOString();
    return { v: 1, kind: 'report', receivedAt, envelope: signEnvelope(reportPayloadType, bytes, this.#key) };
  }

  /** A part that is as it was keeps its salt, and so its commitment. */
  #put(name: string, content: unknown): void {
    const bytes = Buffer.from(JSON.stringify(content));
    if (this.#parts.get(name)?.bytes.equals(bytes) === true) return;
    const salt = randomBytes(32);
    this.#parts.set(name, { name, salt, bytes, commitment: commitmentOf({ salt, bytes }) });
  }
}
