import { readFileSync } from 'node:fs';
import { createTransport } from 'nodemailer';
import { Refusal, type Channel, type Outgoing } from './sending.ts';
import type { MailSettings } from './settings.ts';

/** All of a mail may take so many times as long as the server may keep silent: one that drips holds up all receivers. */
const wholeTimes = 4;

export interface MailInput {
  readonly settings: MailSettings;
  readonly to: readonly string[];
  /** The log's name, for the message's own id. */
  readonly origin: string;
}

/**
 * Hands messages to an SMTP server (RFC 5321), over TLS unless the settings say `none`. Each try has the same Message-ID
 * (RFC 5322, 3.6.4), so that a mailbox which got one twice can tell.
 */
export class Mail implements Channel {
  readonly #input: MailInput;

  constructor(input: MailInput) {
    this.#input = input;
  }

  async send({ id, made, subject, content }: Outgoing, signal: AbortSignal): Promise<string | null> {
    const { settings, to, origin } = this.#input;
    const patience = AbortSignal.timeout(settings.timeout * wholeTimes * 1000);
    const sending = transportOf(settings).sendMail({
      from: { name: 'Waarborg', address: settings.from },
      to: [...to],
      subject,
      text: content.text,
      html: content.html,
      date: new Date(made),
      messageId: `<${id}@${origin.replace(/[^a-z0-9.-]/gi, '-')}>`,
      // Programs that answer to mail leave it alone (RFC 3834).
      headers: { 'Auto-Submitted': 'auto-generated' },
      disableFileAccess: true,
      disableUrlAccess: true,
      // Its types do not know this yet.
      ...{ signal: AbortSignal.any([signal, patience]) },
    });
    const { rejected } = await sending.catch((error: unknown) => {
      throw isRefusal(error) ? new Refusal(error.message) : error;
    });
    // Not tried again: the others would get it time after time.
    return rejected.length === 0 ? null : `refused for ${rejected.length} of ${to.length} addresses`;
  }
}

/** The server will not have this mail, for any of its addresses or as it is (RFC 5321, 4.2.1): a login is another matter. */
function isRefusal(error: unknown): error is Error {
  const isOfMail = error instanceof Error && 'code' in error && /^(EENVELOPE|EMESSAGE)$/.test(String(error.code));
  return isOfMail && 'responseCode' in error && Number(error.responseCode) >= 500;
}

function transportOf({ host, port, security, ca, user, passwordFile, timeout }: MailSettings) {
  const milliseconds = timeout * 1000;
  return createTransport({
    ...{ host, port },
    secure: security === 'tls',
    requireTLS: security === 'starttls',
    ignoreTLS: security === 'none',
    tls: { minVersion: 'TLSv1.2', ...(ca === undefined ? {} : { ca: readFileSync(ca) }) },
    ...(user === undefined || passwordFile === undefined ? {} : { auth: { user, pass: secretIn(passwordFile) } }),
    ...{ connectionTimeout: milliseconds, greetingTimeout: milliseconds, socketTimeout: milliseconds },
  });
}

/** What a file holds, without the end of its line. Read each time, so that a new one counts at once. */
export function secretIn(file: string): string {
  return readFileSync(file, 'utf8').trim();
}
