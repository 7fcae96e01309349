import { existsSync } from 'node:fs';
import { join } from 'node:path';
import express, { type Express, type NextFunction, type Request, type Response } from 'express';
import rateLimit from 'express-rate-limit';
import helmet from 'helmet';
import type { Logger } from 'pino';
import { pinoHttp } from 'pino-http';
import { keepFork } from '../agent/forks.ts';
import { lockFolder } from '../agent/lock.ts';
import { listen } from '../collector/web/listen.ts';
import { sizeMediaType } from '../evidence/add-checkpoint.ts';
import { witnessSigner } from '../evidence/note.ts';
import { vkeyOf } from '../evidence/vkey.ts';
import type { WitnessConfig } from './config.ts';
import { witnessKeyAt } from './key.ts';
import { WitnessStore } from './store.ts';
import { Witness, type Answer } from './witness.ts';

export interface WitnessInput {
  readonly config: WitnessConfig;
  readonly log: Logger;
  readonly now?: () => Date;
}

/** A witness that listens. */
export interface RunningWitness {
  readonly url: string;
  /** Its verification key: what collectors and auditors need. */
  readonly key: string;
  /** Answers what is under way and frees the data folder. */
  close(): Promise<void>;
}

/** Bytes: a checkpoint with its signatures and a proof of at most 63 hashes. */
const maximumBody = 32_768;

/** Requests a minute from one address: a log asks once in some minutes, and twice where it has to find the size. */
const maximumRate = 120;

/** @throws LockedError, StoreError, or the system's error where the port is taken */
export async function startWitness({ config, log, now = () => new Date() }: WitnessInput): Promise<RunningWitness> {
  const resources = new DisposableStack();
  try {
    resources.use(lockFolder(config.data));
    const file = join(config.data, 'witness.db');
    const signer = witnessSigner(config.name, witnessKeyAt(join(config.data, 'witness.key'), existsSync(file)));
    const witness = new Witness(signer, config.logs, resources.use(new WitnessStore(file)));
    const app = createApp(witness, { ...config, log, now });
    const listening = await listen(app, config, log);
    const owned = resources.move();
    return {
      url: listening.url,
      key: vkeyOf(signer.key),
      async close() {
        await listening.end();
        owned.dispose();
      },
    };
  } catch (error) {
    resources.dispose();
    throw error;
  }
}

interface AppSettings extends Pick<WitnessConfig, 'proxies' | 'data'> {
  readonly log: Logger;
  readonly now: () => Date;
}

function createApp(witness: Witness, { proxies, data, log, now }: AppSettings): Express {
  const app = express();
  app.disable('x-powered-by');
  app.set('trust proxy', proxies);
  app.use(pinoHttp({ logger: log, customLogLevel: () => 'debug' }));
  app.use(helmet());
  app.get('/healthz', (_request, response) => void response.json({ status: 'ok' }));
  app.use(rateLimit({ windowMs: 60_000, limit: maximumRate, standardHeaders: 'draft-8', legacyHeaders: false }));
  app.post('/add-checkpoint', express.raw({ type: () => true, limit: maximumBody }), (request, response) => {
    // Without a body express leaves none.
    const body: unknown = request.body;
    const answer = witness.add(body instanceof Uint8Array ? body : new Uint8Array(), now());
    record(answer, { data, log, now });
    send(response, answer);
  });
  app.get('/:log/checkpoint', (request, response) => {
    const checkpoint = witness.newest(request.params.log);
    if (checkpoint === undefined) sendText(response, 404, 'no head of such a log has been signed here\n');
    else sendText(response.set('cache-control', 'no-cache'), 200, checkpoint);
  });
  app.use((_request: Request, response: Response) => sendText(response, 404, 'nothing is served here\n'));
  app.use(answerError(log));
  return app;
}

/** Loud where the log's own key contradicts itself: that is what a witness is for. */
function record(answer: Answer, { data, log, now }: Pick<AppSettings, 'data' | 'log' | 'now'>): void {
  if (answer.status === 200 || answer.status === 409) {
    log.info(answer, answer.status === 200 ? 'head signed' : 'another size is on record');
    return;
  }
  const { fork, ...plain } = answer;
  if (fork === undefined) {
    log.warn(plain, 'head not signed');
    return;
  }
  const { origin, recorded: held, shown } = fork;
  const code = 'witness.fork';
  const evidence = keepFork(data, { at: now(), code, why: answer.why, held, shown, consistency: [] });
  log.error({ code, origin, evidence }, 'the log signed two different heads of one size');
}

function send(response: Response, answer: Answer): void {
  switch (answer.status) {
    case 200:
      sendText(response, 200, answer.line);
      break;
    case 409:
      // Not through express, which would add a character set: clients compare the whole of it.
      response.status(409).setHeader('content-type', sizeMediaType).end(`${answer.size}\n`);
      break;
    default:
      sendText(response, answer.status, `${answer.why}\n`);
  }
}

function sendText(response: Response, status: number, text: string): void {
  response.status(status).type('text/plain; charset=utf-8').send(text);
}

function answerError(log: Logger) {
  return (error: unknown, _request: Request, response: Response, next: NextFunction): void => {
    if (response.headersSent) {
      next(error);
      return;
    }
    // What express and its body parser throw for a bad request carries a status.
    if (error instanceof Error && 'status' in error && typeof error.status === 'number' && error.status < 500) {
      sendText(response, error.status, `${error.message}\n`);
      return;
    }
    log.error({ code: 'witness.failed', err: error }, 'nothing was signed');
    sendText(response, 500, 'nothing was signed; the log of the witness says why\n');
  };
}
