import type { Duplex } from 'node:stream';
import { Dialogue, type MessageReader } from '../../tls/starttls/dialogue.ts';
import { starttlsProtocols } from '../../tls/starttls/index.ts';
import { line, smtpReply } from '../../tls/starttls/lines.ts';
import { openTls, type Opening } from '../../tls/starttls/open.ts';
import { down, outcomeOfError, up, type Outcome } from '../outcome.ts';
import { patience } from '../pace.ts';
import { converse, overTls, type Probing } from '../reach.ts';
import type { TargetOf } from '../settings.ts';

type MailTarget = TargetOf<'imap' | 'pop3' | 'smtp'>;

/** Whether a mail server greets those who come (RFC 5321 4.3.1, RFC 3501 7.1, RFC 1939 4), and speaks TLS where that is asked. */
export function probeMail(target: MailTarget, probing: Probing): Promise<Outcome> {
  const { host, service, tls } = target;
  const { signal, vantage } = probing;
  return converse(probing, target, async (connection) => {
    if (tls === 'none') return greet(connection, service, signal);
    if (tls === 'implicit') {
      return overTls(connection, { host, signal }, (secure) => greet(secure, service, signal));
    }
    const names = { ownName: vantage.hostname, serverName: host };
    const opening = await openTls(connection, starttlsProtocols[service], { signal, stepSeconds: patience, ...names });
    if (opening.outcome !== 'ready') return outcomeOfOpening(opening);
    return overTls(connection, { host, signal }, () => Promise.resolve(up));
  });
}

function outcomeOfOpening(opening: Exclude<Opening, { outcome: 'ready' }>): Outcome {
  switch (opening.outcome) {
    case 'not-offered':
      return down('no STARTTLS');
    case 'other-protocol':
      return down('another protocol');
    case 'turned-away':
    case 'refused':
      return down(`turned away: ${opening.code}`);
    case 'injected':
      return down('unasked bytes before TLS');
    case 'interrupted':
      return down(opening.why === 'silent' ? 'silent' : 'closed');
  }
}

/** A server's own word that it takes its leave, and takes nobody now. */
const farewells = { imap: 'a LOGOUT\r\n', pop3: 'QUIT\r\n', smtp: 'QUIT\r\n' } as const;

async function greet(connection: Duplex, service: MailTarget['service'], signal: AbortSignal): Promise<Outcome> {
  const dialogue = new Dialogue(connection, signal);
  const hear = <T>(reader: MessageReader<T>): Promise<T> => dialogue.read(patience, reader);
  try {
    const outcome = service === 'smtp' ? ofCode((await hear(smtpReply)).code) : ofLine(await hear(line), service);
    // Whoever hangs up without a word stands in a server's log as one who was lost.
    if (outcome.state === 'up') dialogue.send(farewells[service]);
    return outcome;
  } catch (error) {
    return outcomeOfError(error);
  } finally {
    dialogue.release();
  }
}

function ofCode(code: string | undefined): Outcome {
  if (code === undefined) return down('another protocol');
  return code === '220' ? up : down(`turned away: ${code}`);
}

/** How each begins what it says first, by the word that lets in and the word that turns away. */
const greetings = {
  imap: { welcome: /^\* (OK|PREAUTH)\b/i, dismissal: /^\* (BYE)\b/i },
  pop3: { welcome: /^\+OK\b/i, dismissal: /^(-ERR)\b/i },
} as const;

function ofLine(greeting: string, service: keyof typeof greetings): Outcome {
  const { welcome, dismissal } = greetings[service];
  if (welcome.test(greeting)) return up;
  const word = dismissal.exec(greeting)?.[1];
  return down(word === undefined ? 'another protocol' : `turned away: ${word.toUpperCase()}`);
}
