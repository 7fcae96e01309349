import { join } from 'node:path';
import { enrol } from '../../agent/enrol.ts';
import type { Run } from '../../agent/run.ts';
import type { Tokens } from '../../collector/access/tokens.ts';
import type { Policy } from '../../policies/load.ts';
import { SimulatedAgent } from './agent.ts';
import { simulatedCollectors } from './facts/index.ts';
import { lateHosts, type SimulatedHost } from './fleet.ts';
import { examinations, type ToldCase } from './examine.ts';
import { deedsOf, type Deed } from './people.ts';
import { registersOf } from './registers.ts';
import { isIn, minute, type Span } from './span.ts';

/** The collector that the fleet reports to, wherever it listens now. */
export interface Target {
  readonly url: string;
  readonly tokens: Tokens;
  /** As the collector does at intervals, by a clock that is not moved. */
  look(): Promise<void>;
}

export interface SimulationInput {
  readonly fleet: readonly SimulatedHost[];
  readonly policies: readonly Policy[];
  readonly span: Span;
  /** Where the agents' keys are kept. */
  readonly agents: string;
}

/**
 * Milliseconds from one turn to the next: so far apart that the log never falls silent for twenty minutes, and no closer,
 * because each is a write to disk.
 */
const turnLength = 18 * minute;
/** How often somebody reads what the collector found. */
const turnsBetweenLooks = 10;
const tokenSeconds = 400 * 86_400;

/** A host that is due, and what is found on it. */
interface Found {
  readonly host: SimulatedHost;
  readonly run: Run;
}

/**
 * The fleet and its people as they live on: whatever is due up to a moment is done, by the collector's own HTTP. Hosts
 * report in turns. Of those that share one at least one has been there from the start and stays, so that no turn is empty.
 */
export class Simulation {
  readonly #input: SimulationInput;
  readonly #turns: number;
  readonly #agents: ReadonlyMap<SimulatedHost, SimulatedAgent>;
  readonly #retired = new Set<string>();
  readonly #deeds: Deed[];
  #turn: number;
  #secrets: Readonly<Record<Deed['by'], string>> | undefined;

  constructor(input: SimulationInput) {
    this.#input = input;
    this.#turns = input.fleet.length - lateHosts(input.fleet.length);
    this.#agents = new Map(
      input.fleet.map((host) => [
        host,
        new SimulatedAgent(host, input.policies, { collectors: simulatedCollectors(host) }),
      ]),
    );
    this.#deeds = [...deedsOf(input.policies, input.fleet, input.span), ...registersOf(input.fleet, input.span)].sort(
      (a, b) => a.at - b.at,
    );
    this.#turn = Math.ceil(input.span.from / turnLength);
  }

  /** Milliseconds from one report of a host to the next. */
  get period(): number {
    return this.#turns * turnLength;
  }

  /**
   * @param until milliseconds since 1970
   * @param onTurn told the moment of each turn before anything is done in it
   */
  async advance(until: number, target: Target, onTurn: (at: number) => void | Promise<void>): Promise<void> {
    let found = this.#check(this.#turn);
    for (; this.#turn * turnLength <= until; this.#turn += 1) {
      const at = this.#turn * turnLength;
      await onTurn(at);
      await this.#actAsPeople(at, target);
      await this.#retireHosts(at, target);
      const deliveries = Promise.all((await found).map((one) => this.#deliver(one, at, target)));
      // While the collector waits for its disk, the next hosts are checked.
      found = this.#check(this.#turn + 1);
      await deliveries;
      await target.look();
      if (this.#turn % turnsBetweenLooks === 0) await this.#examineFindings(at, target);
    }
    await found;
  }

  #check(turn: number): Promise<Found[]> {
    const at = turn * turnLength;
    const due = [...this.#agents].filter(
      ([{ number, reports }]) => number % this.#turns === turn % this.#turns && isIn(reports, at),
    );
    return Promise.all(due.map(async ([host, agent]) => ({ host, run: await agent.check(new Date(at)) })));
  }

  async #deliver({ host, run }: Found, at: number, { url, tokens }: Target): Promise<void> {
    const agent = this.#agents.get(host);
    if (agent?.isEnrolled === false) {
      const token = { role: 'enrol', label: 'demonstration', validity: 600, agent: host.name } as const;
      const { secret } = tokens.create(token, new Date(at));
      const data = join(this.#input.agents, host.name);
      agent.enrolled(await enrol({ collector: url, token: secret, agent: host.name, data }));
    }
    await agent?.deliver(run, url);
  }

  async #retireHosts(at: number, target: Target): Promise<void> {
    for (const { name, retired } of this.#input.fleet) {
      if (retired === undefined || retired > at || this.#retired.has(name)) continue;
      this.#retired.add(name);
      await this.#post(`hosts/${name}/revoke`, { v: 1, reason: 'retired' }, 'operator', at, target);
    }
  }

  async #actAsPeople(at: number, target: Target): Promise<void> {
    while ((this.#deeds[0]?.at ?? Infinity) <= at) {
      const deed = this.#deeds.shift();
      if (deed !== undefined) await this.#post('acts', deed.request, deed.by, at, target);
    }
  }

  async #examineFindings(at: number, target: Target): Promise<void> {
    const response = await fetch(`${target.url}/api/v1/organisation`, {
      headers: { authorization: `Bearer ${this.#secretsOf(target, at).operator}` },
    });
    const { cases } = (await response.json()) as { cases: ToldCase[] };
    for (const { request, by } of examinations(cases, at)) await this.#post('acts', request, by, at, target);
  }

  #secretsOf({ tokens }: Target, at: number): Readonly<Record<Deed['by'], string>> {
    this.#secrets ??= { operator: secretOf('operator', tokens, at), approver: secretOf('approver', tokens, at) };
    return this.#secrets;
  }

  async #post(path: string, body: unknown, by: Deed['by'], at: number, target: Target): Promise<void> {
    const response = await fetch(`${target.url}/api/v1/${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${this.#secretsOf(target, at)[by]}` },
      body: JSON.stringify(body),
    });
    if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`);
    await response.arrayBuffer();
  }
}

function secretOf(role: Deed['by'], tokens: Tokens, at: number): string {
  return tokens.create({ role, label: `demonstration ${role}`, validity: tokenSeconds }, new Date(at)).secret;
}
