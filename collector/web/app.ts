import express, { type Express, type NextFunction, type Request, type Response } from 'express';
import rateLimit from 'express-rate-limit';
import helmet from 'helmet';
import type { Logger } from 'pino';
import { pinoHttp } from 'pino-http';
import { agentVersion } from '../../agent/version.ts';
import type { LogKeys } from '../../evidence/handover.ts';
import { allow, roleOfRequest, type Access } from '../access/guard.ts';
import { accessRoutes } from '../access/routes.ts';
import type { Eraser } from '../administration/erase.ts';
import type { Clients } from '../clients/open.ts';
import { administrationRoutes } from '../administration/routes.ts';
import { enrolmentRoutes, reportRoutes } from '../ingest/routes.ts';
import type { IngestDependencies } from '../ingest/report.ts';
import type { Exposition } from '../metrics/exposition.ts';
import type { ProcessMetrics } from '../metrics/process.ts';
import { scrape } from '../metrics/scrape.ts';
import type { OrganisationBook } from '../people/book.ts';
import type { OrganisationWindow } from '../people/shown.ts';
import { peopleRoutes } from '../people/routes.ts';
import type { Notices } from '../notices/notices.ts';
import { noticeRoutes } from '../notices/routes.ts';
import { pipelineRoutes } from '../pipelines/routes.ts';
import { Problem } from '../problem.ts';
import type { ReportSettings } from '../reports/make.ts';
import { actPageRoutes } from './acts.ts';
import { apiRoutes } from './api.ts';
import { keepLanguage } from './language.ts';
import { loginRoutes } from './login.ts';
import { pageRoutes } from './pages.ts';
import { complianceRoutes } from './reports.ts';
import { tileRoutes } from './tiles.ts';

export interface AppDependencies {
  readonly access: Access;
  readonly ingest: IngestDependencies;
  readonly eraser: Eraser;
  readonly clients: Clients;
  readonly book: OrganisationBook;
  readonly people: OrganisationWindow;
  readonly notices: Notices;
  readonly exposition: Exposition;
  readonly processMetrics: ProcessMetrics;
  /** The log's verification key. */
  readonly logKey: string;
  /** The newest head that enough witnesses signed, as a note. */
  readonly cosignedCheckpoint: () => string | undefined;
  readonly reports: ReportSettings;
  readonly proxies: number;
  readonly logger: Logger;
}

/** All that the collector answers over HTTP. */
export function createApp(app: AppDependencies): Express {
  const { access, ingest, exposition, processMetrics, logger, clients } = app;
  const server = express();
  server.disable('x-powered-by');
  // Of one spelling each, so that requests cannot make up labels of the metrics.
  server.enable('case sensitive routing');
  server.set('trust proxy', app.proxies);
  if (logger.isLevelEnabled('debug')) server.use(logRequests(logger));
  server.use(timeAnswers(processMetrics));
  server.use(
    helmet({
      contentSecurityPolicy: {
        // The library's own would let scripts in, and have Safari ask a page on http://127.0.0.1 for a style by https.
        useDefaults: false,
        directives: {
          'default-src': ["'none'"],
          'style-src': ["'self'"],
          'img-src': ["'self'"],
          'form-action': ["'self'"],
          'base-uri': ["'none'"],
          'frame-ancestors': ["'none'"],
        },
      },
    }),
  );
  server.get('/healthz', (_request, response) => void response.json({ status: 'ok' }));
  server.get('/readyz', (_request, response) => {
    ingest.sequencer.assertOpen();
    const { mode: clientCertificates } = clients;
    response.json({ status: 'ready', version: agentVersion, entries: ingest.log.head.size, clientCertificates });
  });
  // Who asks decides what comes: nothing on the way may keep it for somebody else.
  server.use(['/api/v1', '/metrics'], (_request, response, next) => {
    response.set('cache-control', 'no-store');
    next();
  });
  const limit = guessLimit(access);
  const scrapers = allow(access, 'metrics', 'auditor', 'operator');
  server.get('/metrics', limit, scrapers, scrape(exposition, processMetrics, access.now));
  server.get('/api/v1/log-keys', (_request, response) => {
    const { logKey } = ingest.log;
    response.json({ v: 1, logKey, handovers: ingest.log.proveHandovers() } satisfies LogKeys);
  });
  server.use('/api/v1', reportRoutes(ingest, clients.door));
  // Once for all that follows: each time that a request passes it, it counts.
  server.use('/api/v1', limit);
  const enrolling = { ...ingest, tokens: access.tokens, logKey: app.logKey, authority: clients.authority, logger };
  server.use('/api/v1', enrolmentRoutes(enrolling, clients.door, access.now));
  server.use('/api/v1', administrationRoutes(access, { ...ingest, eraser: app.eraser }));
  server.use('/api/v1', peopleRoutes(access, { ...ingest, book: app.book }));
  server.use('/api/v1', pipelineRoutes(access, { ...ingest, book: app.book }));
  server.use('/api/v1', accessRoutes(access));
  server.use('/api/v1', noticeRoutes(access, app.notices));
  const readers = allow(access, 'auditor', 'operator', 'reporter');
  server.use('/api/v1', readers, apiRoutes(ingest, access), complianceRoutes(app.reports, access));
  // The log's prefix: an origin such as waarborg.example.nl/log is then its address without the scheme.
  server.use('/log', tileRoutes(ingest.log, access, app.cosignedCheckpoint));
  server.use(keepLanguage);
  server.use(loginRoutes(access, limit));
  server.use(actPageRoutes(access, { ...ingest, book: app.book }));
  server.use(pageRoutes(access, { ...ingest, people: app.people, notices: app.notices }));
  server.use((request: Request) => {
    throw new Problem(404, 'http.not-found', `nothing is served at ${request.path}`);
  });
  server.use(answerProblem(logger, processMetrics));
  return server;
}

/** One line a request where WAARBORG_LOG is `debug`. Headers, cookies and queries stay out of it: they carry tokens. */
function logRequests(logger: Logger) {
  return pinoHttp({
    logger,
    customLogLevel: () => 'debug',
    serializers: {
      req: ({ id, method, url }: { id: unknown; method: string; url: string }) => {
        return { id, method, path: url.split('?', 1)[0] };
      },
      res: ({ statusCode }: { statusCode: number }) => ({ status: statusCode }),
    },
  });
}

/** Who guesses tokens is slowed down; who has one is not. */
function guessLimit(access: Access) {
  return rateLimit({
    windowMs: 60_000,
    limit: 30,
    standardHeaders: 'draft-8',
    legacyHeaders: false,
    skip: (request) => roleOfRequest(request, access) !== undefined,
    skipSuccessfulRequests: true,
    handler: () => {
      throw new Problem(429, 'http.too-many', 'too many refused requests from this address; try again in a minute');
    },
  });
}

function timeAnswers(metrics: ProcessMetrics) {
  return (request: Request, response: Response, next: NextFunction): void => {
    const begun = performance.now();
    response.on('finish', () => {
      const { path } = (request.route as { path?: string } | undefined) ?? {};
      const route = path === undefined ? 'other' : `${request.baseUrl}${path}`;
      metrics.observe(request.method, route, response.statusCode, (performance.now() - begun) / 1000);
    });
    next();
  };
}

/** Every error has one shape: RFC 9457 with a stable code. */
function answerProblem(logger: Logger, metrics: ProcessMetrics) {
  return (error: unknown, request: Request, response: Response, next: NextFunction): void => {
    if (response.headersSent) {
      next(error);
      return;
    }
    const problem = problemOf(error);
    metrics.refuse(problem.code);
    if (problem.status >= 500) logger.error({ code: problem.code, err: error, path: request.path }, problem.message);
    if (problem.status === 503) response.set('retry-after', '5');
    if (problem.status === 401) response.set('www-authenticate', 'Bearer');
    response
      .status(problem.status)
      .type('application/problem+json')
      .send(
        JSON.stringify({
          type: 'about:blank',
          status: problem.status,
          code: problem.code,
          title: problem.code,
          detail: problem.message,
          ...problem.more,
        }),
      );
  };
}

function problemOf(error: unknown): Problem {
  if (error instanceof Problem) return error;
  // What express and its body parser throw for a bad request carries a status.
  if (error instanceof Error && 'status' in error && typeof error.status === 'number' && error.status < 500) {
    const code = error.status === 413 ? 'http.too-large' : 'http.bad-request';
    return new Problem(error.status, code, error.message);
  }
  return new Problem(500, 'http.internal', 'something went wrong here; the log of the collector says what');
}
