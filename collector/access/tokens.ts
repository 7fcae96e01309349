import { createHash, randomBytes } from 'node:crypto';
import { join } from 'node:path';
import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { z } from 'zod';
import { Problem } from '../problem.ts';
import { openDatabase, StoreError } from '../store/database.ts';
import { accessTables } from '../store/tables.ts';

/**
 * What a token allows: `metrics` scrapes, `auditor` reads all, `operator` reads all and acts, `approver` approves of what
 * others did, `reporter` reads of one customer's hosts, `pipeline` posts evidence for some controls, `enrol` enrols one
 * agent.
 */
export type Role = 'operator' | 'approver' | 'auditor' | 'reporter' | 'metrics' | 'pipeline' | 'enrol';
export const roles: readonly Role[] = ['operator', 'approver', 'auditor', 'reporter', 'metrics', 'pipeline', 'enrol'];

/** A control that a pipeline may post evidence for. */
const BoundControl = z.strictObject({ policy: z.string(), control: z.string() });
export type BoundControl = z.output<typeof BoundControl>;
const BoundControls = z.array(BoundControl);

export interface Token {
  /** Public: names the token in listings and when it is revoked. */
  readonly id: string;
  readonly role: Role;
  readonly label: string;
  readonly createdAt: string;
  readonly expiresAt: string;
  readonly revokedAt: string | null;
  /** For `enrol`: the only agent that may use it, where that was set. */
  readonly agent: string | null;
  readonly usedAt: string | null;
  /** Whose it is, by the pseudonym under which the log keeps what he does. */
  readonly person: string;
  /** For `reporter`: the customer whose hosts it shows, by the id in the register. */
  readonly customer: string | null;
  /** For `pipeline`: what it may post evidence for. */
  readonly controls: readonly BoundControl[];
  /** For `pipeline`: the Ed25519 key that must have signed what it posts, as PEM; null where none need have. */
  readonly publicKey: string | null;
}

export interface NewToken {
  readonly role: Role;
  readonly label: string;
  /** Seconds. */
  readonly validity: number;
  readonly agent?: string;
  /** The pseudonym of somebody who has a token already; a new one where it is left out. */
  readonly person?: string;
  readonly customer?: string;
  readonly controls?: readonly BoundControl[];
  readonly publicKey?: string;
}

/** Tokens, kept as hashes: the secret is shown once, when it is made. */
export class Tokens implements Disposable {
  readonly #database: DatabaseSync;
  readonly #sql: Record<'add' | 'byHash' | 'byId' | 'list' | 'revoke' | 'use', StatementSync>;

  constructor(data: string) {
    this.#database = openDatabase(join(data, 'access.db'), accessTables);
    this.#sql = {
      add: this.#database.prepare(
        `INSERT INTO tokens (id, hash, role, label, created_at, expires_at, agent, person, customer, controls, public_key)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
      ),
      byHash: this.#database.prepare('SELECT * FROM tokens WHERE hash = ?'),
      byId: this.#database.prepare('SELECT * FROM tokens WHERE id = ?'),
      list: this.#database.prepare('SELECT * FROM tokens ORDER BY created_at, id'),
      revoke: this.#database.prepare('UPDATE tokens SET revoked_at = ? WHERE id = ? AND revoked_at IS NULL'),
      use: this.#database.prepare('UPDATE tokens SET used_by = ?, used_at = ? WHERE hash = ? AND used_by IS NULL'),
    };
  }

  [Symbol.dispose](): void {
    this.#database.close();
  }

  /** @returns the secret, which nothing can show again */
  create(token: NewToken, at: Date): { id: string; secret: string } {
    const { role, label, validity, agent = null, person = null, customer = null, controls, publicKey = null } = token;
    const id = randomBytes(6).toString('hex');
    const secret = `wbg_${role}_${randomBytes(24).toString('base64url')}`;
    const expiresAt = new Date(at.getTime() + validity * 1000).toISOString();
    const bound = controls === undefined ? null : JSON.stringify(controls);
    const createdAt = at.toISOString();
    this.#sql.add.run(
      ...[id, hashOf(secret), role, label, createdAt, expiresAt, agent, person, customer, bound, publicKey],
    );
    return { id, secret };
  }

  list(): Token[] {
    return this.#sql.list.all().map(tokenOf);
  }

  /** @returns false where there is no such token, or it was revoked before */
  revoke(id: string, at: Date): boolean {
    return this.#sql.revoke.run(at.toISOString(), id).changes === 1;
  }

  /** What a secret allows now; undefined where it allows nothing. */
  roleOf(secret: string, at: Date): Role | undefined {
    return this.find(secret, at)?.role;
  }

  /** The valid token with a public id: for a session that it opened. */
  findById(id: string, at: Date): Token | undefined {
    return validToken(this.#sql.byId.get(id), at);
  }

  /**
   * Uses up an enrolment token for this agent and key. A token that was made for no agent in particular enrols new
   * names only: whoever finds one must not become a host that is known already.
   * @param isNew whether the name is free, or already this key's
   * @throws Problem `token.invalid`, `token.used`, `token.agent`
   */
  claim(secret: string, agent: string, publicKey: string, at: Date, isNew: () => boolean): void {
    const token = this.find(secret, at);
    if (token?.role !== 'enrol') {
      throw new Problem(
        401,
        'token.invalid',
        'no valid enrolment token; have the operator make one (waarborg token create)',
      );
    }
    if (token.agent !== null && token.agent !== agent) {
      throw new Problem(403, 'token.agent', `this token enrols ${token.agent} only, not ${agent}`);
    }
    if (token.agent === null && !isNew()) {
      throw new Problem(
        403,
        'token.agent',
        `${agent} is enrolled already; to enrol it anew takes a token made for it (--agent ${agent})`,
      );
    }
    const user = userOf(agent, publicKey);
    if (this.#sql.use.run(user, at.toISOString(), hashOf(secret)).changes === 1) return;
    if (this.#sql.byHash.get(hashOf(secret))?.used_by === user) return;
    throw new Problem(403, 'token.used', 'this token has been used; have the operator make another');
  }

  /** Whether a secret is of a valid token with which this very agent and key were enrolled. */
  hasEnrolled(secret: string, agent: string, publicKey: string, at: Date): boolean {
    const isValid = this.find(secret, at)?.role === 'enrol';
    return isValid && this.#sql.byHash.get(hashOf(secret))?.used_by === userOf(agent, publicKey);
  }

  /** The valid token that a secret is of. */
  find(secret: string, at: Date): Token | undefined {
    return validToken(this.#sql.byHash.get(hashOf(secret)), at);
  }
}

function validToken(row: ReturnType<StatementSync['get']>, at: Date): Token | undefined {
  if (row === undefined) return undefined;
  const token = tokenOf(row);
  return token.revokedAt === null && new Date(token.expiresAt) > at ? token : undefined;
}

/** Who used a token up, as it is kept. */
function userOf(agent: string, publicKey: string): string {
  return hashOf(`${agent} ${publicKey}`);
}

/** A secret has 192 random bits: a plain hash of it cannot be guessed back. */
function hashOf(secret: string): string {
  return createHash('sha256').update(secret).digest('hex');
}

function tokenOf(row: NonNullable<ReturnType<StatementSync['get']>>): Token {
  const text = (value: unknown): string | null => (typeof value === 'string' ? value : null);
  return {
    id: String(row.id),
    role: roleNamed(row.role),
    label: String(row.label),
    createdAt: String(row.created_at),
    expiresAt: String(row.expires_at),
    revokedAt: text(row.revoked_at),
    agent: text(row.agent),
    usedAt: text(row.used_at),
    // Tokens from before people could act, and those of somebody new, are of nobody else.
    person: text(row.person) ?? `person-${String(row.id)}`,
    customer: text(row.customer),
    controls: BoundControls.parse(JSON.parse(text(row.controls) ?? '[]')),
    publicKey: text(row.public_key),
  };
}

function roleNamed(name: unknown): Role {
  const role = roles.find((known) => known === name);
  if (role === undefined)
    throw new StoreError('store.damaged', `a token has the role ${String(name)}, which there is not`);
  return role;
}
