import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { makeCertificate } from '../certificates.ts';
import { freePort } from '../process.ts';
import { startServer } from './server.ts';

/** Whether aiosmtpd of Debian's python3 is there. */
export const hasSmtpServer = existsSync('/usr/lib/python3/dist-packages/aiosmtpd/__init__.py');

export interface ReceivedMail {
  /** What SMTP was told, apart from what the message says. */
  readonly from: string;
  readonly to: readonly string[];
  readonly isEncrypted: boolean;
  readonly user: string | null;
  /** The message as it came. */
  readonly raw: string;
  readonly subject: string;
  /** Its two parts, decoded. */
  readonly text: string;
  readonly html: string;
}

export interface SmtpServer extends AsyncDisposable {
  readonly port: number;
  /** PEM of the certificate that it shows, for localhost. */
  readonly certificate: string;
  mails(): ReceivedMail[];
  /** From now on it puts mail off, will have none of a word in it for good, or takes all again (null). */
  refuse(what: 'later' | { readonly word: string } | null): void;
}

export const smtpUser = 'waarborg';
export const smtpPassword = 'correct horse';

/** A mail server of aiosmtpd on 127.0.0.1: STARTTLS and a login are demanded where `isGuarded`. */
export async function startSmtp({ isGuarded }: { readonly isGuarded: boolean }): Promise<SmtpServer> {
  const port = await freePort();
  const server = await startServer({
    ports: [port],
    prepare(folder) {
      const { certificate, key } = makeCertificate(folder, {
        name: 'smtp',
        key: 'ec:prime256v1',
        validSeconds: 86_400,
      });
      writeFileSync(join(folder, 'server.py'), program);
      const guard = isGuarded ? [certificate, key, smtpUser, smtpPassword] : [];
      return { file: '/usr/bin/python3', args: [join(folder, 'server.py'), String(port), folder, ...guard] };
    },
  });
  const { folder } = server;
  return {
    port,
    certificate: join(folder, 'smtp.pem'),
    mails() {
      const files = readdirSync(folder).filter((name) => /^mail-\d+\.json$/.test(name));
      return files.sort().map((name) => JSON.parse(readFileSync(join(folder, name), 'utf8')) as ReceivedMail);
    },
    refuse(what) {
      for (const name of ['later', 'refused-word']) rmSync(join(folder, name), { force: true });
      if (what === 'later') writeFileSync(join(folder, 'later'), '');
      else if (what !== null) writeFileSync(join(folder, 'refused-word'), what.word);
    },
    [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
  };
}

const program = `
import asyncio, email, email.policy, json, os, ssl, sys
from aiosmtpd.smtp import SMTP, AuthResult

port, folder, guard = int(sys.argv[1]), sys.argv[2], sys.argv[3:]
count = 0

class Handler:
    async def handle_DATA(self, server, session, envelope):
        global count
        if os.path.exists(os.path.join(folder, 'later')):
            return '451 4.3.0 come back later'
        refused = os.path.join(folder, 'refused-word')
        if os.path.exists(refused) and open(refused, 'rb').read() in envelope.content:
            return '554 5.7.1 not such mail'
        message = email.message_from_bytes(envelope.content, policy=email.policy.default)
        body = lambda kind: message.get_body((kind,)).get_content()
        mail = {
            'from': envelope.mail_from, 'to': envelope.rcpt_tos, 'isEncrypted': session.ssl is not None,
            'user': session.auth_data, 'raw': envelope.content.decode(), 'subject': str(message['subject']),
            'text': body('plain'), 'html': body('html'),
        }
        name = os.path.join(folder, 'mail-%04d.json' % count)
        count += 1
        with open(name + '.new', 'w') as file:
            json.dump(mail, file)
        os.rename(name + '.new', name)
        return '250 taken'

    async def handle_RCPT(self, server, session, envelope, address, options):
        if address.startswith('nobody@'):
            return '550 5.1.1 no such address'
        envelope.rcpt_tos.append(address)
        return '250 OK'

def authenticate(server, session, envelope, mechanism, data):
    isKnown = (data.login.decode(), data.password.decode()) == tuple(guard[2:4])
    return AuthResult(success=isKnown, handled=False, auth_data=data.login.decode() if isKnown else None)

def factory():
    if not guard:
        return SMTP(Handler(), hostname='mx.example.nl')
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(guard[0], guard[1])
    return SMTP(Handler(), hostname='mx.example.nl', tls_context=context, require_starttls=True,
                auth_required=True, authenticator=authenticate)

loop = asyncio.new_event_loop()
asyncio.set_event_loop(loop)
loop.run_until_complete(loop.create_server(factory, '127.0.0.1', port))
loop.run_forever()
`;
