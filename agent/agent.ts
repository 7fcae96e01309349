import { hostname } from 'node:os';
import { join } from 'node:path';
import type { Logger } from 'pino';
import { openCheckpoint } from '../evidence/checkpoint.ts';
import { keyidOf } from '../evidence/keys.ts';
import { parseLogKey } from '../evidence/vkey.ts';
import type { Policy } from '../policies/load.ts';
import { usualPace } from './availability/pace.ts';
import { openRecord } from './availability/record.ts';
import { AvailabilityPart } from './availability/settings.ts';
import { watchAvailability } from './availability/watch.ts';
import { openClientCertificate, renewClientCertificate } from './client-certificate.ts';
import { composeReport } from './compose.ts';
import { deliverOldest, type Delivery } from './deliver.ts';
import type { Host } from './host/host.ts';
import { openHost, type HostToOpen } from './host/open.ts';
import type { Vantage } from './host/vantage.ts';
import { keepLogKeys, loadIdentity, logKeysOf, marks, pseudonyms, type Sender } from './identity.ts';
import { openLedger } from './ledger.ts';
import { lockFolder } from './lock.ts';
import { learnLogKeys, showsOtherKey } from './log-keys.ts';
import type { Unproven } from './receipts.ts';
import { keepSchedule, type Errand, type Standing } from './resident.ts';
import { restoreTestsOf } from './restore/record.ts';
import { beginRotation, deliverRotation, pendingRotation, type PendingRotation } from './rotation.ts';
import { osOf, runChecks, type Run } from './run.ts';
import { nextAfter } from './schedule.ts';
import type { AgentSettings } from './settings.ts';
import { Spool } from './spool.ts';
import { agentVersion } from './version.ts';

export interface AgentInput {
  readonly settings: Pick<AgentSettings, 'labels' | 'host' | 'limits' | 'data' | 'schedule' | 'splay'>;
  readonly policies: readonly Policy[];
  /** The host to be read, or one that is opened for each run and let go of after it. */
  readonly host: Host | HostToOpen;
  /** Where services are looked at from; left out, nobody watches them. */
  readonly vantage?: Vantage;
  readonly log: Logger;
  /** Where the collector is now, if not where it was at enrolment. */
  readonly collector?: string | undefined;
  /** A PEM file with the authorities that may vouch for it, if not that of the enrolment. */
  readonly ca?: string | undefined;
  readonly now?: () => Date;
  readonly random?: () => number;
  readonly onProgress?: (kind: string, state: 'begins' | 'ends') => void;
}

/** How delivering ended: nothing waits, the collector is away, it refuses, or its log contradicts itself. */
type Undelivered = Exclude<Delivery, { state: 'delivered' | 'set-aside' }>;

/** An agent on its data folder: runs, spools and delivers. One at a time works in a folder. */
export class Agent implements Disposable {
  readonly spool: Spool;
  readonly #input: AgentInput;
  readonly #lock: Disposable;
  readonly #now: () => Date;
  readonly #random: () => number;
  #identity: Sender;
  #rotation: PendingRotation | undefined;

  /** @throws LockedError, DataFolderError, NotEnrolledError, DamagedError */
  constructor(input: AgentInput) {
    const { data, limits } = input.settings;
    this.#input = input;
    this.#now = input.now ?? (() => new Date());
    this.#random = input.random ?? Math.random;
    this.#lock = lockFolder(data);
    try {
      const identity = loadIdentity(data);
      const ca = input.ca ?? identity.ca;
      const collector = input.collector ?? identity.collector;
      const client = openClientCertificate(data, identity, input.log);
      this.#identity = { ...identity, collector, client, ...(ca === undefined ? {} : { ca }) };
      this.#rotation = pendingRotation(data, identity);
      this.spool = new Spool(data, identity.logKey, limits);
    } catch (error) {
      this.#lock[Symbol.dispose]();
      throw error;
    }
  }

  get identity(): Sender {
    return this.#identity;
  }

  [Symbol.dispose](): void {
    this.#lock[Symbol.dispose]();
  }

  /**
   * Checks the host once and puts the signed report on disk.
   * @param signal ends the run without a report: checks that were cut short say nothing about the host
   * @throws SpoolFullError, DamagedError, ReportTooLargeError, or the signal's reason
   */
  async runOnce(signal?: AbortSignal): Promise<Run> {
    const { settings, policies, log, onProgress } = this.#input;
    await using opened = await openHost(this.#input.host, signal);
    const { host } = opened;
    const at = this.#now();
    const ledgerFile = join(settings.data, 'ledger.json');
    const ledger = openLedger(ledgerFile, at);
    const run = await runChecks({
      host,
      at,
      ledger,
      pseudonym: pseudonyms(settings.data),
      mark: marks(settings.data),
      restoreTests: (set, source) => restoreTestsOf(settings.data, set, source),
      availability: () => openRecord(settings.data),
      policies,
      labels: settings.labels,
      settings: settings.host,
      limits: settings.limits,
      ...(signal === undefined ? {} : { stop: signal }),
      ...(onProgress === undefined ? {} : { onProgress }),
    });
    signal?.throwIfAborted();
    ledger.save(ledgerFile);
    const delivered = this.spool.delivered();
    const report = composeReport({
      identity: this.identity,
      ...(this.#rotation === undefined ? {} : { nextKey: this.#rotation.key }),
      host: {
        hostname: host.hostname,
        os: await osOf(host),
        agentVersion,
        labels: settings.labels,
        ...(host.readOver === undefined ? {} : { readOver: { by: hostname(), ...host.readOver } }),
      },
      run,
      policies,
      chainEnd: this.spool.chainEnd(this.identity.epoch),
      seen:
        delivered === undefined
          ? null
          : openCheckpoint(delivered.checkpoint, logKeysOf(this.identity).map(parseLogKey)),
    });
    this.spool.add(report);
    log.info({ seq: report.seq, waiting: this.spool.length }, 'report spooled');
    return run;
  }

  /**
   * Delivers until the spool is empty or something stands in the way.
   * @returns what the last try came to
   * @throws DamagedError
   */
  async deliverAll(signal?: AbortSignal): Promise<Undelivered> {
    const obstacle = await this.#finishRotation(signal);
    // A change of the key that is refused keeps no report: they bear the signatures of both.
    if (obstacle?.state === 'away' || obstacle?.state === 'halted') return obstacle;
    let isAsked = false;
    for (;;) {
      const delivery = await this.#withNewestLogKey(() => deliverOldest(this.spool, this.identity, signal), signal);
      switch (delivery.state) {
        case 'delivered':
          this.#input.log.info({ seq: delivery.seq, index: delivery.index, size: delivery.size }, 'report proven');
          await this.#heedKeyChange(signal);
          // Once: of many reports that waited, each may be answered so.
          if (delivery.wantsCertificate && !isAsked) await this.#renewCertificate(signal);
          isAsked ||= delivery.wantsCertificate;
          break;
        case 'set-aside':
          this.#input.log.error(delivery, 'report of an earlier enrolment set aside, it cannot be delivered');
          break;
        default:
          return delivery;
      }
    }
  }

  /**
   * Goes on under a new key. What waits is delivered first; what was begun before is finished and not begun again.
   * @returns what stands in the way, or `rotated`
   * @throws DamagedError
   */
  async rotateKey(signal?: AbortSignal): Promise<Exclude<Undelivered, { state: 'empty' }> | { state: 'rotated' }> {
    const { key } = this.identity;
    const delivery = await this.deliverAll(signal);
    if (delivery.state !== 'empty') return delivery;
    if (this.identity.key !== key) return { state: 'rotated' };
    const earlier = await this.#finishRotation(signal);
    // Only then is it certain that the earlier new key does not count, and may be forgotten.
    if (earlier !== undefined && !(earlier.state === 'refused' && earlier.code.startsWith('rotation.'))) return earlier;
    const { seq } = this.spool.chainEnd(this.identity.epoch);
    this.#rotation = beginRotation(this.#input.settings.data, this.identity, seq);
    return (await this.#finishRotation(signal)) ?? { state: 'rotated' };
  }

  /** @returns undefined where no change of the key is under way any more */
  async #finishRotation(signal: AbortSignal | undefined): Promise<Unproven | undefined> {
    if (this.#rotation === undefined) return undefined;
    const { data } = this.#input.settings;
    const rotation = this.#rotation;
    const attempt = (): ReturnType<typeof deliverRotation> =>
      deliverRotation(rotation, { data, spool: this.spool, identity: this.identity }, signal);
    const outcome = await this.#withNewestLogKey(attempt, signal);
    if (outcome.state !== 'rotated') {
      this.#input.log.warn(outcome, 'the new key is not in the log yet');
      return outcome;
    }
    this.#identity = outcome.identity;
    this.#rotation = undefined;
    this.#input.log.info({ index: outcome.index, keyid: keyidOf(this.identity.key) }, 'new key proven');
    return undefined;
  }

  /** A head that no known key signed may be one of a key that took its place while this agent was away. */
  async #withNewestLogKey<Outcome extends { readonly state: string; readonly code?: string }>(
    attempt: () => Promise<Outcome>,
    signal: AbortSignal | undefined,
  ): Promise<Outcome> {
    const outcome = await attempt();
    if (outcome.code !== 'note.no-known-signature') return outcome;
    return (await this.#learnLogKeys(signal)) ? attempt() : outcome;
  }

  async #renewCertificate(signal: AbortSignal | undefined): Promise<void> {
    const { settings, log } = this.#input;
    const client = await renewClientCertificate(settings.data, this.identity, { log, signal });
    if (client !== undefined) this.#identity = { ...this.identity, client };
  }

  /** While the old key still signs along, nothing depends on it yet. */
  async #heedKeyChange(signal: AbortSignal | undefined): Promise<void> {
    const delivered = this.spool.delivered();
    if (delivered !== undefined && showsOtherKey(delivered.checkpoint, this.identity)) await this.#learnLogKeys(signal);
  }

  /** @returns whether a new one is known now */
  async #learnLogKeys(signal: AbortSignal | undefined): Promise<boolean> {
    const { settings, log } = this.#input;
    const known = this.identity.laterLogKeys ?? [];
    try {
      const laterLogKeys = await learnLogKeys(this.identity, signal);
      if (laterLogKeys.length === known.length) return false;
      keepLogKeys(settings.data, laterLogKeys);
      this.#identity = { ...this.identity, laterLogKeys };
      log.info({ logKey: laterLogKeys.at(-1) }, 'the log changed its key, and the old one signed for the new one');
      return true;
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      log.warn({ code: codeOf(error) ?? 'agent.log-keys', why }, 'the log shows another key, which is not proven');
      return false;
    }
  }

  /** Runs on its schedule and delivers, until the signal, and looks at services where the settings name some. */
  async stayResident(signal: AbortSignal, { atOnce = true } = {}): Promise<void> {
    const { schedule, splay } = this.#input.settings;
    const first = atOnce ? {} : { next: nextAfter(schedule, this.#now()).getTime() };
    const run = (errand: Errand): Promise<Standing> => this.run(errand, signal);
    await Promise.all([keepSchedule({ ...first, splay, run, random: this.#random }, signal), this.#watch(signal)]);
  }

  #watch(signal: AbortSignal): Promise<void> {
    const { vantage, log, settings } = this.#input;
    if (vantage === undefined) return Promise.resolve();
    const { availability } = AvailabilityPart.parse(settings.host);
    const own = { data: settings.data, now: this.#now, log };
    return watchAvailability({ settings: availability, vantage, pace: usualPace, ...own }, signal);
  }

  /** Does an errand of an agent that stays. What goes wrong is told in the log, and never thrown. */
  async run({ checks, delivers }: Errand, signal: AbortSignal): Promise<Standing> {
    const next = nextAfter(this.#input.settings.schedule, this.#now()).getTime();
    if (checks) await this.#tryCheck(signal);
    if (!delivers || signal.aborted) return { state: 'done', next };
    const delivery = await this.#tryDelivery(signal);
    if (delivery.state === 'empty') return { state: 'done', next };
    const isHarmless = delivery.state === 'away' && delivery.code === undefined;
    if (!isOver(signal)) this.#input.log[isHarmless ? 'warn' : 'error'](delivery, 'report kept, not delivered');
    return { state: 'waiting', after: delivery.state === 'away' ? (delivery.after ?? 0) : 300, next };
  }

  async #tryCheck(signal: AbortSignal): Promise<void> {
    try {
      await this.runOnce(signal);
    } catch (error) {
      if (signal.aborted) return;
      // A full spool or disk must not end the agent: what waits is still delivered, and later runs may fit again.
      const code = codeOf(error) ?? 'agent.run-failed';
      this.#input.log.error({ code, err: error }, error instanceof Error ? error.message : String(error));
    }
  }

  async #tryDelivery(signal: AbortSignal): Promise<Undelivered> {
    try {
      return await this.deliverAll(signal);
    } catch (error) {
      // The disk may refuse to note a delivery: the report is then sent again later, and the collector knows it.
      const why = error instanceof Error ? error.message : String(error);
      return { state: 'refused', code: codeOf(error) ?? 'agent.delivery-failed', why };
    }
  }
}

function codeOf(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined;
}

/** Asked anew each time: it changes while something is awaited. */
function isOver(signal: AbortSignal): boolean {
  return signal.aborted;
}
