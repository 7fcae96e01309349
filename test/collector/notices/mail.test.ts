import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { Mail } from '../../../collector/notices/mail.ts';
import { MailSettings, NoticesSettings } from '../../../collector/notices/settings.ts';
import { condition } from '../../../collector/notices/condition.ts';
import { hasSmtpServer, smtpPassword, smtpUser, startSmtp, type SmtpServer } from '../../support/servers/smtp.ts';
import { temporaryFolder } from '../../support/tools.ts';
import { Desk, failure, waiverEnds } from './desk.ts';

const morning = '2026-03-02T06:59:00.000Z';
const hostile = '<script>alert(1)</script>\r\nBcc: other@example.nl';

const matters = [
  failure('web2.example.nl', {
    severity: 'warning',
    control: 'EX-updates',
    title: { nl: 'Bijgewerkt', en: 'Up to date' },
  }),
  failure('web1.example.nl'),
  failure('web3.example.nl'),
  waiverEnds(),
  condition('host-stale', 'db1.example.nl', { host: 'db1.example.nl', values: { last: '2026-03-02T05:00:00.000Z' } }),
  condition('term-near', 'case-1 customer-told', {
    values: {
      id: 'case-1',
      of: 'data-leak',
      urgency: 'urgent',
      step: 'customer-told',
      until: '2026-03-02T09:00:00.000Z',
    },
  }),
  condition('evidence-behind', 'log', { severity: 'critical' }),
];

function deskFor(folder: string, { port, certificate }: SmtpServer, mail: object, receiver: object = {}): Desk {
  writeFileSync(join(folder, 'password'), `${smtpPassword}\n`);
  writeFileSync(join(folder, 'wrong'), 'another\n');
  const server = { host: 'localhost', port, from: 'waarborg@example.nl', ca: certificate, timeout: '5s', ...mail };
  const receivers = [{ name: 'desk', mail: ['desk@example.nl'], language: 'en', window: '1s', ...receiver }];
  return new Desk(folder, { url: 'https://waarborg.example.nl', mail: server, receivers }, morning);
}

describe.skipIf(!hasSmtpServer)('mail', () => {
  test.each(['en', 'nl'] as const)('says what is the matter, in %s, as text and as HTML', async (language) => {
    using folder = temporaryFolder();
    await using server = await startSmtp({ isGuarded: false });
    await using desk = deskFor(folder.path, server, {}, { language });
    await desk.after(0, matters);
    await desk.after(120);
    const [mail] = server.mails();
    await expect(mail?.text.replaceAll('\r\n', '\n')).toMatchFileSnapshot(`mail.${language}.txt`);
    await expect(mail?.html.replaceAll('\r\n', '\n')).toMatchFileSnapshot(`mail.${language}.html.snap`);
    expect(mail).toMatchObject({ from: 'waarborg@example.nl', to: ['desk@example.nl'], subject: subjects[language] });
    expect(mail?.raw).toMatch(/^Auto-Submitted: auto-generated\r$/m);
    expect(mail?.raw).toMatch(/^Message-ID: <[0-9a-f-]{36}@test\.example-log>\r$/im);
  });

  const subjects = {
    en: 'Waarborg: 1 doubt about the evidence, 3 new failures, 1 term, 1 host not to be relied on, 1 reminder',
    nl: 'Waarborg: 1 twijfel aan het bewijs, 3 nieuwe afwijkingen, 1 termijn, 1 host waarop niet te rekenen is, 1 herinnering',
  };

  test('goes encrypted and with a login where the server wants that', async () => {
    using folder = temporaryFolder();
    await using server = await startSmtp({ isGuarded: true });
    const login = { security: 'starttls', user: smtpUser, passwordFile: join(folder.path, 'password') };
    await using desk = deskFor(folder.path, server, login);
    await desk.after(0, [failure('web1')]);
    await desk.after(10);
    expect(server.mails()).toMatchObject([{ isEncrypted: true, user: smtpUser }]);
  });

  test.each([
    ['a certificate that nobody vouches for', { security: 'starttls', ca: undefined }, /certificate|self-signed/],
    ['a wrong password', { security: 'starttls', user: smtpUser, passwordFile: 'wrong' }, /535|[Aa]uth/],
    ['a server without TLS', { security: 'tls' }, /SSL|wrong version|TLS/i],
  ])('is not handed to a server with %s', async (_, mail, why) => {
    using folder = temporaryFolder();
    await using server = await startSmtp({ isGuarded: true });
    const file = 'passwordFile' in mail ? { passwordFile: join(folder.path, mail.passwordFile) } : {};
    await using desk = deskFor(folder.path, server, { ...mail, ...file });
    await desk.after(0, [failure('web1')]);
    await desk.after(10);
    expect(server.mails()).toEqual([]);
    const [message] = desk.notices.messages();
    expect(message).toMatchObject({ state: 'waiting', attempts: 1 });
    expect(message?.error).toMatch(why);
    expect(JSON.stringify(message)).not.toContain('another');
  });

  test('is not handed in the open to a server that does not offer TLS', async () => {
    using folder = temporaryFolder();
    await using server = await startSmtp({ isGuarded: false });
    await using desk = deskFor(folder.path, server, { security: 'starttls' });
    await desk.after(0, [failure('web1')]);
    await desk.after(10);
    expect([server.mails(), desk.notices.messages()[0]?.state]).toEqual([[], 'waiting']);
  });

  test('that is put off comes once the server takes it, once', async () => {
    using folder = temporaryFolder();
    await using server = await startSmtp({ isGuarded: false });
    await using desk = deskFor(folder.path, server, {});
    server.refuse('later');
    await desk.after(0, [failure('web1')]);
    await desk.after(10);
    expect(desk.notices.messages()[0]?.error).toContain('451');
    server.refuse(null);
    await desk.after(60);
    await desk.after(3600);
    expect(server.mails().length).toBe(1);
    expect(desk.notices.messages()[0]).toMatchObject({ state: 'sent', attempts: 2, error: null });
  });

  test('that the server refuses for good holds up no other', async () => {
    using folder = temporaryFolder();
    await using server = await startSmtp({ isGuarded: false });
    await using desk = deskFor(folder.path, server, {});
    server.refuse({ word: 'web1.example.nl' });
    await desk.after(0, [failure('web1.example.nl')]);
    await desk.after(10);
    await desk.after(10, [failure('web1.example.nl'), failure('web2.example.nl')]);
    await desk.after(10);
    expect(server.mails().map(({ text }) => text.includes('web2.example.nl'))).toEqual([true]);
    expect(desk.notices.messages().at(-1)?.error).toContain('554');
    server.refuse(null);
    await desk.after(60);
    expect(server.mails().length).toBe(2);
  });

  test('that some addresses refuse goes to the others once, and tells of it', async () => {
    using folder = temporaryFolder();
    await using server = await startSmtp({ isGuarded: false });
    await using desk = deskFor(folder.path, server, {}, { mail: ['desk@example.nl', 'nobody@example.nl'] });
    await desk.after(0, [failure('web1')]);
    await desk.after(10);
    await desk.after(7200);
    expect(server.mails().map(({ to }) => to)).toEqual([['desk@example.nl']]);
    expect(desk.notices.messages()[0]).toMatchObject({ state: 'sent', error: 'refused for 1 of 2 addresses' });
  });

  test('carries no markup and no header that somebody else wrote', async () => {
    using folder = temporaryFolder();
    await using server = await startSmtp({ isGuarded: false });
    await using desk = deskFor(folder.path, server, {});
    await desk.after(0, [failure(hostile, { title: { nl: hostile, en: hostile } })]);
    await desk.after(10);
    const [mail] = server.mails();
    expect(mail?.html).not.toContain('<script');
    expect(mail?.raw.split('\r\n\r\n')[0]).not.toContain('Bcc');
    expect(mail?.to).toEqual(['desk@example.nl']);
  });
});

/** A server that greets, and then begins an answer that has no end. */
async function startDripping(): Promise<Server & AsyncDisposable> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket.on('error', () => undefined));
    socket.write('220 here\r\n');
    const drip = setInterval(() => socket.write('250-wait\r\n'), 100);
    socket.on('close', () => clearInterval(drip)).resume();
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return Object.assign(server, {
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy();
      await once(server.close(), 'close');
    },
  });
}

describe('a server that never comes to an end', () => {
  const settings = (server: Server) =>
    MailSettings.parse({
      ...{ host: '127.0.0.1', port: (server.address() as AddressInfo).port },
      from: 'waarborg@example.nl',
    });
  const message = { id: 'a', made: morning, subject: 'Waarborg', content: { text: 'a', html: 'a', notices: [] } };

  test('is left after a while, as it holds up all other receivers', async () => {
    await using server = await startDripping();
    const mail = new Mail({
      ...{ settings: { ...settings(server), timeout: 0.2 }, to: ['desk@example.nl'], origin: 'test.example/log' },
    });
    await expect(mail.send(message, new AbortController().signal)).rejects.toThrow();
  }, 10_000);

  test('does not keep the collector from ending', async () => {
    await using server = await startDripping();
    const mail = new Mail({
      ...{ settings: { ...settings(server), timeout: 600 }, to: ['desk@example.nl'], origin: 'test.example/log' },
    });
    const ending = new AbortController();
    const sent = mail.send(message, ending.signal);
    setTimeout(() => ending.abort(), 200);
    await expect(sent).rejects.toThrow();
  }, 10_000);
});

describe('the settings', () => {
  const mail = { host: 'mx.example.nl', from: 'waarborg@example.nl' };
  const receivers = [{ name: 'desk', mail: ['desk@example.nl'] }];

  test('encrypt mail unless it stays on this machine or they say otherwise', () => {
    const securityOf = (settings: object) => NoticesSettings.parse({ mail: { ...mail, ...settings }, receivers }).mail;
    expect(securityOf({})).toMatchObject({ security: 'starttls', port: 587 });
    expect(securityOf({ host: '127.0.0.1' })).toMatchObject({ security: 'none', port: 25 });
    expect(securityOf({ host: '127.0.0.1', security: 'tls' })).toMatchObject({ security: 'tls', port: 465 });
    expect(securityOf({ host: '127.0.0.1.example.nl' })).toMatchObject({ security: 'starttls' });
  });

  test.each([
    ['no way to send mail', { receivers }],
    ['two receivers of one name', { mail, receivers: [...receivers, ...receivers] }],
    ['neither mail nor webhook', { mail, receivers: [{ name: 'desk' }] }],
    ['a user without a password', { mail: { ...mail, user: 'waarborg' }, receivers }],
    ['a password in the file itself', { mail: { ...mail, user: 'waarborg', password: 'secret' }, receivers }],
    [
      'a webhook in the open',
      { receivers: [{ name: 'desk', webhook: { url: 'http://example.nl/', secretFile: 's' } }] },
    ],
    [
      'a time of the day that there is not',
      { mail, receivers: [{ name: 'desk', mail: ['a@example.nl'], digest: '24:00' }] },
    ],
  ])('are refused with %s', (_, settings) => {
    expect(NoticesSettings.safeParse(settings).success).toBe(false);
  });
});
