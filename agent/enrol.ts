import { EnrolmentAnswer, ProblemDetails, type EnrolmentRequest } from '../evidence/exchange.ts';
import { rawPublicKey } from '../evidence/keys.ts';
import { parseLogKey } from '../evidence/vkey.ts';
import { resumeAfterFork } from './forks.ts';
import { describeFailure, postJson, type Answer } from './post.ts';
import { loadIdentity, pendingKey, saveIdentity, type Identity } from './identity.ts';
import { folderOfLog } from './spool.ts';

/** The collector would not enrol this agent, or could not be reached. */
export class EnrolmentError extends Error {
  readonly code: string;
  constructor(code: string, message: string) {
    super(message);
    this.name = 'EnrolmentError';
    this.code = code;
  }
}

export interface EnrolmentInput {
  readonly collector: string;
  /** One-time, made by the collector's operator (`waarborg token create --role enrol`). */
  readonly token: string;
  readonly agent: string;
  /** The agent's data folder. */
  readonly data: string;
  /** The log's verification key, where the operator has it from elsewhere: the collector must show the same. */
  readonly logKey?: string;
}

/**
 * Makes a key, has the collector put its public half into the log, and pins the log's own key.
 * @throws EnrolmentError
 */
export async function enrol({ collector, token, agent, data, logKey }: EnrolmentInput): Promise<Identity> {
  const key = pendingKey(data);
  const request: EnrolmentRequest = { v: 1, token, agent, publicKey: rawPublicKey(key).toString('base64') };
  const answer = await ask(collector, request);
  if (logKey !== undefined && logKey !== answer.logKey) {
    throw new EnrolmentError('enrol.log-key', `the collector's log key is ${answer.logKey}, expected ${logKey}`);
  }
  if (answer.agent !== agent) {
    throw new EnrolmentError('enrol.answer', `${collector} enrolled ${answer.agent}, asked was ${agent}`);
  }
  assertLogKey(answer.logKey, collector);
  saveIdentity(data, { agent: answer.agent, epoch: answer.epoch, collector, logKey: answer.logKey, key });
  resumeAfterFork(folderOfLog(data, answer.logKey));
  return loadIdentity(data);
}

/** What is pinned now decides about every proof to come. */
function assertLogKey(logKey: string, collector: string): void {
  try {
    parseLogKey(logKey);
  } catch {
    throw new EnrolmentError('enrol.answer', `${collector} shows a log key that is none: ${logKey}`);
  }
}

async function ask(collector: string, request: EnrolmentRequest): Promise<EnrolmentAnswer> {
  let response: Answer;
  try {
    response = await postJson(new URL('/api/v1/enrol', collector), request, 30);
  } catch (error) {
    const why = describeFailure(error);
    throw new EnrolmentError('enrol.unreachable', `${collector} does not answer as a collector: ${why}`);
  }
  const answer = EnrolmentAnswer.safeParse(response.body);
  if (response.ok && answer.success) return answer.data;
  const problem = ProblemDetails.safeParse(response.body).data;
  throw new EnrolmentError(
    problem?.code ?? 'enrol.refused',
    `${collector} did not enrol ${request.agent}: ${problem?.detail ?? problem?.title ?? `HTTP ${response.status}`}`,
  );
}
