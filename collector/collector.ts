import { isIP } from 'node:net';
import { uptime } from 'node:os';
import { relative, resolve } from 'node:path';
import type { Logger } from 'pino';
import { lockFolder } from '../agent/lock.ts';
import { hostsExpectedAt } from '../evidence/registers.ts';
import { Sessions } from './access/guard.ts';
import { AccessLog } from './access/access-log.ts';
import { AccessRetention } from './access/retention.ts';
import { Tokens } from './access/tokens.ts';
import { openAnchors } from './anchors/open.ts';
import { Eraser } from './administration/erase.ts';
import { Retention } from './administration/retention.ts';
import { PartUses } from './administration/uses.ts';
import { openClients } from './clients/open.ts';
import { CollectorConfigError, guardFile, type CollectorConfig } from './config.ts';
import { OrganisationBook } from './people/book.ts';
import { EnrolledHosts } from './people/enrolled-hosts.ts';
import { FindingSweep } from './people/finding-sweep.ts';
import { StoredSamples } from './people/stored-samples.ts';
import { OrganisationWindow } from './people/shown.ts';
import { waivedControls } from './people/waived.ts';
import { Contradictions } from './ingest/contradictions.ts';
import { PublicKeys } from './ingest/public-keys.ts';
import type { CommitError } from './log/log.ts';
import { Notices } from './notices/notices.ts';
import { EvidenceSource } from './notices/of-evidence.ts';
import { FleetSource } from './notices/of-fleet.ts';
import { PeopleSource } from './notices/of-people.ts';
import { TokenSource } from './notices/of-tokens.ts';
import { openSigningKeys } from './log/keys.ts';
import { openLog } from './log/open.ts';
import { freeBytes, sizeBytes } from './log/room.ts';
import { Scrubber } from './log/scrubber.ts';
import { Exposition } from './metrics/exposition.ts';
import type { Lines } from './metrics/line-book.ts';
import { renderGrace, renderLog } from './metrics/log.ts';
import { OrganisationMetrics } from './metrics/organisation.ts';
import { renderNotices } from './metrics/notices.ts';
import { ProcessMetrics } from './metrics/process.ts';
import { Fleet } from './state/fleet.ts';
import { PolicyShelf, shippedDocuments } from './state/shelf.ts';
import { emptyWriteAheadLog } from './store/database.ts';
import { evidenceDatabase, evidenceForReading, Store } from './store/store.ts';
import { createApp } from './web/app.ts';
import { listen } from './web/listen.ts';

export interface CollectorInput {
  readonly config: CollectorConfig;
  readonly log: Logger;
  readonly now?: () => Date;
  /** Seconds by a clock that nobody sets; the machine's own unless given. */
  readonly elapsed?: () => number;
  /** The log can no longer be trusted to know what is on disk: the process must end, and a new start will look. */
  readonly onFatal: (error: CommitError) => void;
}

/** A collector that listens. */
export interface Collector {
  /** Where it listens, as a browser would write it. */
  readonly url: string;
  /** The log's verification key. */
  readonly logKey: string;
  readonly tokens: Tokens;
  /** Looks at once for what it otherwise looks for at intervals: findings of hosts, and what people are to be told. */
  look(): Promise<void>;
  /** Serves at once a certificate that was renewed on disk, where it serves one at all. */
  renew(): void;
  /** Answers what is under way, writes what waits, and frees the data folder. */
  close(): Promise<void>;
}

/**
 * Opens the log, loads the fleet and listens.
 * @throws CollectorConfigError, AuthorityError, LockedError, StoreError, or the system's error where the port is taken;
 *   LogContradictedError where a witness says that the log was set back or forked
 */
export async function startCollector({
  config,
  log,
  onFatal,
  now = () => new Date(),
  elapsed = uptime,
}: CollectorInput): Promise<Collector> {
  assertSafe(config);
  assertGuardOutside(config);
  const resources = new DisposableStack();
  try {
    resources.use(lockFolder(config.data));
    const database = resources.adopt(evidenceDatabase(config.data), (open) => open.close());
    const tokens = resources.use(new Tokens(config.data));
    const accessLog = resources.use(new AccessLog(config.data));
    resources.use(new AccessRetention({ accessLog, seconds: config.accessRetention, now, log }));
    const store = new Store(database);
    const clients = openClients(config, store, now);
    const shelf = new PolicyShelf(store.policies().map(({ text }) => text));
    const samples = new StoredSamples(database, (digest) => shelf.get(digest));
    const enrolled = new EnrolledHosts(store, (agent) => fleet.get(agent));
    const book: OrganisationBook = new OrganisationBook(store, enrolled, samples);
    const fleet = new Fleet(
      store.hosts(),
      config.staleAfter,
      config.hosts,
      (host, at) => waivedControls(host, book, shelf, at),
      () => hostsExpectedAt(book.organisation.records, now()),
    );
    const { evidence, sequencer, guard, begin } = resources.use(
      openLog({
        ...{ database, config, now, elapsed, log, onFatal },
        ...openSigningKeys(config.data, config.origin, database),
        onCommit: () => {
          const { changed, gone } = fleet.settle();
          for (const host of changed) exposition.update(host, now());
          for (const agent of gone) exposition.remove(agent);
        },
        onUndone: () => {
          fleet.undo();
          book.undo();
        },
      }),
    );
    const { anchors, cosignedCheckpoint } = openAnchors({ config, database, evidence, sequencer, log, now });
    resources.defer(() => void anchors.stop());
    const scrubber = resources.use(
      new Scrubber({
        ...{ now, log },
        open: () => evidenceForReading(config.data),
        keys: () => evidence.keys,
        every: config.scrub,
      }),
    );
    const people = new OrganisationWindow(book, shelf, fleet);
    const organisationMetrics = new OrganisationMetrics(people);
    const contradictions = new Contradictions(now);
    const grace = renderGrace(config.grace);
    const logLines = (): Lines =>
      renderLog({
        ...{ evidence, sequencer, scrubber },
        anchors: anchors.words(),
        contradicted: contradictions.all(),
        store: { size: sizeBytes(database), free: freeBytes(database) },
      });
    const notices = new Notices({
      ...{ settings: config.notices, data: config.data, origin: config.origin, now, log },
      sources: [
        new FleetSource({ fleet, shelf, staleAfter: config.staleAfter, begun: now() }),
        new PeopleSource({ window: people, book }),
        new TokenSource(tokens),
        new EvidenceSource({ scrubber, sequencer, contradicted: () => contradictions.all() }),
      ],
    });
    resources.defer(() => void notices.stop());
    const exposition = new Exposition({
      ...{ fleet, shelf, seriesLimit: config.seriesLimit },
      sources: [() => grace, (at) => organisationMetrics.render(at), logLines, () => renderNotices(notices)],
    });
    for (const host of fleet.hosts()) exposition.update(host, now());
    const findings = resources.use(new FindingSweep({ book, fleet, shelf, sequencer, now, log }));
    const eraser = new Eraser({
      ...{ sequencer, store, fleet },
      uses: new PartUses(database),
      sweep: () => emptyWriteAheadLog(database),
    });
    if (config.retention !== undefined) {
      const { retention: seconds, retentionReference: reference } = config;
      resources.use(new Retention({ eraser, seconds, reference, now, log }));
    }
    const { logKey } = evidence;
    const app = createApp({
      access: {
        ...{ tokens, now, log: accessLog },
        sessions: new Sessions(),
        hostsOfCustomer: (id, at) => book.customers.of(id, at),
      },
      ingest: {
        log: evidence,
        sequencer,
        guard,
        keys: new PublicKeys(),
        contradictions,
        store,
        fleet,
        shelf,
        shipped: shippedDocuments(),
      },
      eraser,
      clients,
      book,
      people,
      notices,
      exposition,
      processMetrics: new ProcessMetrics(),
      logKey,
      cosignedCheckpoint,
      reports: { data: config.data, staleAfter: config.staleAfter, expected: config.hosts },
      proxies: config.proxies,
      logger: log,
    });
    await anchors.start();
    begin();
    findings.begin();
    anchors.write();
    notices.begin();
    const listening = await listen(app, { ...config, clientAuthorities: clients.authorities }, log);
    const owned = resources.move();
    return {
      url: listening.url,
      logKey,
      tokens,
      async look() {
        await findings.look();
        await notices.round();
      },
      renew: () => listening.renew(),
      async close() {
        await anchors.stop();
        await notices.stop();
        await listening.end(() => sequencer.stop());
        owned.dispose();
      },
    };
  } catch (error) {
    resources.dispose();
    throw error;
  }
}

/** An old copy of the data folder that is put back must not bring its own guard. */
function assertGuardOutside(config: CollectorConfig): void {
  const file = guardFile(config);
  if (relative(resolve(config.data), file).startsWith('..')) return;
  throw new CollectorConfigError(`guard: ${file} lies in the data folder; give a file outside of it`);
}

/** Without TLS nothing but this machine may come in: tokens and reports would cross the network in the open. */
function assertSafe({ listen: { address }, tls, proxies }: CollectorConfig): void {
  assertOwnConnections(tls, proxies);
  const isLoopback =
    address === 'localhost' || address === '::1' || (isIP(address) === 4 && address.startsWith('127.'));
  if (isLoopback || tls !== undefined) return;
  throw new CollectorConfigError(
    `listen: ${address} can be reached from elsewhere and there is no TLS; set tls, or listen on 127.0.0.1 behind a proxy`,
  );
}

/** A proxy that ends TLS comes with its own certificate or none: what stands in a header anybody may have written there. */
function assertOwnConnections(tls: CollectorConfig['tls'], proxies: number): void {
  if (proxies === 0 || tls === undefined || tls.clientCertificates === 'off') return;
  throw new CollectorConfigError(
    'tls.clientCertificates: no certificate of an agent comes through a proxy that ends TLS; set proxies to 0 and let it pass connections on as they are, or set clientCertificates to off',
  );
}
