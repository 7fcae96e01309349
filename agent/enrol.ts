import { EnrolmentAnswer, ProblemDetails, type EnrolmentRequest } from '../evidence/exchange.ts';
import { rawPublicKey } from '../evidence/keys.ts';
import { parseLogKey } from '../evidence/vkey.ts';
import { resumeAfterFork } from './forks.ts';
import { describeFailure, postJson, type Answer } from './post.ts';
import {
  removeClientCertificate,
  requestClientCertificate,
  saveClientCertificate,
  wantsCertificate,
} from './client-certificate.ts';
import { isEnrolled, loadIdentity, pendingKey, saveIdentity, type Identity, type Way } from './identity.ts';
import { learnLogKeys } from './log-keys.ts';
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
  /** A PEM file with the authorities that may vouch for the collector, in place of the usual ones. */
  readonly ca?: string;
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
export async function enrol({ token, agent, data, logKey, ...way }: EnrolmentInput): Promise<Identity> {
  const { collector } = way;
  const key = pendingKey(data);
  const request: EnrolmentRequest = { v: 1, token, agent, publicKey: rawPublicKey(key).toString('base64') };
  const { answer, isCertifying } = await ask(way, request);
  if (logKey !== undefined && logKey !== answer.logKey) {
    throw new EnrolmentError('enrol.log-key', `the collector's log key is ${answer.logKey}, expected ${logKey}`);
  }
  if (answer.agent !== agent) {
    throw new EnrolmentError('enrol.answer', `${collector} enrolled ${answer.agent}, asked was ${agent}`);
  }
  assertLogKey(answer.logKey, collector);
  const log = await continuedLog(data, way, answer.logKey);
  // Before the enrolment counts: one that is cut short here is asked for again with the same token and key.
  await certify({ ...way, agent, epoch: answer.epoch, key }, { data, token, isWanted: isCertifying });
  saveIdentity(data, { agent: answer.agent, epoch: answer.epoch, ...way, ...log, key });
  resumeAfterFork(folderOfLog(data, log.logKey));
  return loadIdentity(data);
}

/**
 * The log's keys to pin. Where it is the log that this host was enrolled at before, and has changed its key since, what
 * is kept of it goes on under the key that was pinned first.
 */
async function continuedLog(
  data: string,
  way: Way,
  logKey: string,
): Promise<Pick<Identity, 'logKey' | 'laterLogKeys'>> {
  try {
    if (!isEnrolled(data)) return { logKey };
    const before = loadIdentity(data);
    const isSameLog = parseLogKey(before.logKey).name === parseLogKey(logKey).name;
    if (!isSameLog || before.logKey === logKey) return { logKey };
    const laterLogKeys = await learnLogKeys({ ...before, ...way });
    return laterLogKeys.at(-1) === logKey ? { logKey: before.logKey, laterLogKeys } : { logKey };
  } catch {
    // Another log of the same name, which nobody signed for; or an enrolment that cannot be read, and is replaced.
    return { logKey };
  }
}

/** Takes the client certificate of the new enrolment; one of an enrolment before is of no use any more. */
async function certify(
  sender: Way & Pick<Identity, 'agent' | 'epoch' | 'key'>,
  { data, token, isWanted }: { readonly data: string; readonly token: string; readonly isWanted: boolean },
): Promise<void> {
  if (!isWanted) {
    removeClientCertificate(data);
    return;
  }
  const answer = await requestClientCertificate(sender, { token });
  if ('code' in answer) {
    const again = 'the same command with the same token goes on where it was left';
    throw new EnrolmentError(answer.code, `${sender.collector} made no client certificate: ${answer.why}; ${again}`);
  }
  saveClientCertificate(data, sender, answer);
}

/** What is pinned now decides about every proof to come. */
function assertLogKey(logKey: string, collector: string): void {
  try {
    parseLogKey(logKey);
  } catch {
    throw new EnrolmentError('enrol.answer', `${collector} shows a log key that is none: ${logKey}`);
  }
}

async function ask(
  { collector, ca }: Way,
  request: EnrolmentRequest,
): Promise<{ answer: EnrolmentAnswer; isCertifying: boolean }> {
  let response: Answer;
  try {
    response = await postJson(new URL('/api/v1/enrol', collector), request, { seconds: 30, ca });
  } catch (error) {
    const why = describeFailure(error);
    throw new EnrolmentError('enrol.unreachable', `${collector} does not answer as a collector: ${why}`);
  }
  const answer = EnrolmentAnswer.safeParse(response.body);
  if (response.ok && answer.success) return { answer: answer.data, isCertifying: wantsCertificate(response) };
  const problem = ProblemDetails.safeParse(response.body).data;
  throw new EnrolmentError(
    problem?.code ?? 'enrol.refused',
    `${collector} did not enrol ${request.agent}: ${problem?.detail ?? problem?.title ?? `HTTP ${response.status}`}`,
  );
}
