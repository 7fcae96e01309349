import { describe, expect, test } from 'vitest';
import type { StarttlsName } from '../../../../policies/checks/endpoints.ts';
import { outcome, speakingServer, type Lines } from './speaking.ts';

/** Protocols in which the client speaks first. */
const clientFirst: readonly StarttlsName[] = ['ldap', 'postgres', 'xmpp', 'xmpp-server'];

async function outcomeOf(protocol: StarttlsName, lines: Lines): Promise<string> {
  await using server = await speakingServer({ greets: !clientFirst.includes(protocol), lines });
  return await outcome(server, protocol);
}

/** `EHLO` to a server that greeted well. */
const greeted = '220 mx.example.nl ESMTP\r\n';
const ehlo = (...extensions: readonly string[]): string =>
  ['mx.example.nl', ...extensions]
    .map((text, at, all) => `250${at === all.length - 1 ? ' ' : '-'}${text}\r\n`)
    .join('');

describe.each<[StarttlsName, [string, Lines, string][]]>([
  [
    'smtp',
    [
      [
        'Postfix 3.7',
        [
          '220 mx.example.nl ESMTP Postfix\r\n',
          ehlo('PIPELINING', 'STARTTLS', '8BITMIME'),
          '220 2.0.0 Ready to start TLS\r\n',
        ],
        'TLSv1.2',
      ],
      [
        'a greeting of several lines, of which only the last counts',
        ['421-wait\r\n220-please\r\n220 mx.example.nl\r\n', ehlo('STARTTLS'), '220 go\r\n'],
        'TLSv1.2',
      ],
      ['STARTTLS as the first line', [greeted, '250-STARTTLS\r\n250 HELP\r\n', '220 go\r\n'], 'TLSv1.2'],
      ['STARTTLS as the only line, in lower case, bare line feeds', ['220 mx\n', '250 starttls\n', '220\n'], 'TLSv1.2'],
      ['a go-ahead of several lines', [greeted, ehlo('STARTTLS'), '220-one\r\n220-two\r\n220 three\r\n'], 'TLSv1.2'],
      ['no extension of that name', [greeted, ehlo('PIPELINING', 'X-STARTTLS')], 'no-starttls'],
      ['no extensions at all', [greeted, '502 5.5.2 Error: command not recognized\r\n'], 'no-starttls'],
      ['it listens, and turns away', ['554 5.7.1 no service for you\r\n'], 'unknown starttls-refused 554'],
      [
        'too many connections',
        ['421 4.7.0 mx.example.nl Error: too many connections from 192.0.2.1\r\n'],
        'unknown turned-away 421',
      ],
      ['too busy after the greeting', [greeted, '421 4.3.2 All server ports are busy\r\n'], 'unknown turned-away 421'],
      [
        'no certificate at the moment',
        [greeted, ehlo('STARTTLS'), '454 4.7.0 TLS not available due to local problem\r\n'],
        'unknown turned-away 454',
      ],
      [
        'offered and then refused',
        [greeted, ehlo('STARTTLS'), '501 5.5.4 Syntax error\r\n'],
        'unknown starttls-refused 501',
      ],
      ['another protocol', ['* OK IMAP ready\r\n'], 'not-tls'],
      ['another protocol after the greeting', ['220 what\r\n', 'what?\r\n'], 'not-tls'],
    ],
  ],
  [
    'lmtp',
    [
      [
        'Dovecot 2.3',
        [
          '220 mx.example.nl Dovecot (Debian) ready.\r\n',
          ehlo('STARTTLS', 'PIPELINING'),
          '220 2.0.0 Begin TLS negotiation now.\r\n',
        ],
        'TLSv1.2',
      ],
      ['no STARTTLS', ['220 mx.example.nl LMTP\r\n', ehlo('PIPELINING')], 'no-starttls'],
    ],
  ],
  [
    'imap',
    [
      [
        'Dovecot 2.3',
        [
          '* OK [CAPABILITY IMAP4rev1 SASL-IR LOGIN-REFERRALS ID ENABLE IDLE LITERAL+ STARTTLS LOGINDISABLED] Dovecot (Debian) ready.\r\n',
          '* CAPABILITY IMAP4rev1 SASL-IR STARTTLS LOGINDISABLED\r\na1 OK Pre-login capabilities listed, post-login capabilities have more.\r\n',
          'a2 OK Begin TLS negotiation now.\r\n',
        ],
        'TLSv1.2',
      ],
      [
        'untagged lines in between',
        [
          '* OK hi\r\n',
          '* NO disk is full\r\n* CAPABILITY IMAP4rev1 starttls\r\n* CAPABILITY X\r\na1 OK\r\n',
          '* OK still here\r\na2 ok go\r\n',
        ],
        'TLSv1.2',
      ],
      [
        'STARTTLS only in a text',
        ['* OK [CAPABILITY STARTTLS] hi\r\n', '* CAPABILITY IMAP4rev1 XSTARTTLS\r\na1 OK STARTTLS\r\n'],
        'no-starttls',
      ],
      ['logged in already', ['* PREAUTH welcome\r\n'], 'unknown starttls-refused PREAUTH'],
      ['a farewell as greeting', ['* BYE Too many connections\r\n'], 'unknown turned-away BYE'],
      ['a farewell in between', ['* OK hi\r\n', '* BYE shutting down\r\n'], 'unknown turned-away BYE'],
      [
        'offered and then refused',
        ['* OK\r\n', '* CAPABILITY STARTTLS\r\na1 OK\r\n', 'a2 BAD no\r\n'],
        'unknown starttls-refused BAD',
      ],
      ['another protocol', ['+OK ready\r\n'], 'not-tls'],
    ],
  ],
  [
    'pop3',
    [
      [
        'Dovecot 2.3',
        [
          '+OK Dovecot (Debian) ready.\r\n',
          '+OK\r\nCAPA\r\nTOP\r\nUIDL\r\nSTLS\r\nUSER\r\n.\r\n',
          '+OK Begin TLS negotiation now.\r\n',
        ],
        'TLSv1.2',
      ],
      ['a server without CAPA that knows STLS', ['+OK\r\n', '-ERR what?\r\n', '+OK go\r\n'], 'TLSv1.2'],
      ['a server that knows neither', ['+OK\r\n', '-ERR what?\r\n', '-ERR what?\r\n'], 'no-starttls'],
      ['no STLS in the list', ['+OK STLS\r\n', '+OK STLS follows\r\nUSER\r\n.\r\n'], 'no-starttls'],
      ['offered and then refused', ['+OK\r\n', '+OK\r\nSTLS\r\n.\r\n', '-ERR no\r\n'], 'unknown starttls-refused -ERR'],
      ['too many connections', ['-ERR [IN-USE] too many\r\n'], 'unknown turned-away -ERR'],
      ['another protocol', ['220 ftp\r\n'], 'not-tls'],
    ],
  ],
  [
    'ftp',
    [
      ['vsftpd 3.0', ['220 (vsFTPd 3.0.3)\r\n', '234 Proceed with negotiation.\r\n'], 'TLSv1.2'],
      [
        'a greeting with lines of any form',
        ['220-Welcome\r\n 220 not yet\r\n  421 nor this\r\n\r\n220 Done\r\n', '234-so\r\nbe it\r\n234 go\r\n'],
        'TLSv1.2',
      ],
      ['vsftpd 3.0 without TLS', ['220 (vsFTPd 3.0.3)\r\n', '530 Please login with USER and PASS.\r\n'], 'no-starttls'],
      ['a server that does not know AUTH', ['220 hi\r\n', '500 AUTH not understood\r\n'], 'no-starttls'],
      ['not at the moment', ['220 hi\r\n', '431 Need some unavailable resource\r\n'], 'unknown turned-away 431'],
      [
        'too many connections',
        ['421 There are too many connections from your internet address.\r\n'],
        'unknown turned-away 421',
      ],
      ['ready in some minutes', ['120 in 3 minutes\r\n'], 'unknown turned-away 120'],
      ['another protocol', ['SSH-2.0-OpenSSH_9.2\r\n'], 'not-tls'],
    ],
  ],
  [
    'sieve',
    [
      [
        'Dovecot Pigeonhole 0.5',
        [
          '"IMPLEMENTATION" "Dovecot (Debian) Pigeonhole"\r\n"SIEVE" "fileinto reject"\r\n"SASL" ""\r\n"STARTTLS"\r\n"VERSION" "1.0"\r\nOK "Dovecot (Debian) ready."\r\n',
          'OK "Begin TLS negotiation now."\r\n',
        ],
        'TLSv1.2',
      ],
      ['no STARTTLS', ['"IMPLEMENTATION" "X"\r\n"SIEVE" "STARTTLS"\r\nOK\r\n'], 'no-starttls'],
      ['a farewell', ['BYE "Too many connections"\r\n'], 'unknown turned-away BYE'],
      [
        'offered and then refused',
        ['"IMPLEMENTATION" "X"\r\n"STARTTLS"\r\nOK\r\n', 'NO "not now"\r\n'],
        'unknown starttls-refused NO',
      ],
      ['a bare OK is anybody', ['OK\r\n'], 'not-tls'],
      ['another protocol', ['220 hello\r\n'], 'not-tls'],
    ],
  ],
  [
    'ldap',
    [
      ['OpenLDAP 2.5', [Buffer.from('300c02010178070a010004000400', 'hex')], 'TLSv1.2'],
      ['long forms of lengths', [Buffer.from('3084000000100201017884000000070a010004000400', 'hex')], 'TLSv1.2'],
      [
        'OpenLDAP 2.5 without TLS',
        [
          Buffer.from(
            '302302010178 1e 0a0102 0400 0417 756e737570706f7274656420657874656e646564206f70'.replaceAll(' ', ''),
            'hex',
          ),
        ],
        'no-starttls',
      ],
      [
        'Active Directory without a certificate: unavailable',
        [Buffer.from('300c02010178070a013404000400', 'hex')],
        'unknown turned-away 52',
      ],
      ['busy', [Buffer.from('300c02010178070a013304000400', 'hex')], 'unknown turned-away 51'],
      ['unwilling', [Buffer.from('300c02010178070a013504000400', 'hex')], 'unknown starttls-refused 53'],
      ['a notice of disconnection', [Buffer.from('300c02010078070a015004000400', 'hex')], 'unknown turned-away 80'],
      ['an answer of another kind', [Buffer.from('300c02010161070a010004000400', 'hex')], 'not-tls'],
      ['a length without end', [Buffer.from('3080020101', 'hex')], 'not-tls'],
      ['a length beyond reason', [Buffer.from('30847fffffff', 'hex')], 'not-tls'],
      ['a number that does not fit', [Buffer.from('3003020901', 'hex')], 'not-tls'],
      ['another protocol', ['HTTP/1.1 400 Bad Request\r\n\r\n'], 'not-tls'],
    ],
  ],
  [
    'postgres',
    [
      ['PostgreSQL 15', ['S'], 'TLSv1.2'],
      ['PostgreSQL 15 without TLS', ['N'], 'no-starttls'],
      ['a server from before SSL', [errorResponse('FATAL', '0A000')], 'no-starttls'],
      ['too many clients', [errorResponse('FATAL', '53300')], 'unknown turned-away 53300'],
      ['starting up', [errorResponse('FATAL', '57P03')], 'unknown turned-away 57P03'],
      ['another error', [errorResponse('FATAL', '28000')], 'unknown starttls-refused 28000'],
      ['an error without a state', [Buffer.from('E\0\0\0\x06x\0', 'latin1')], 'not-tls'],
      ['an error of no length', [Buffer.from('E\0\0\0\0', 'latin1')], 'not-tls'],
      ['another protocol', ['HTTP/1.1 400 Bad Request\r\n\r\n'], 'not-tls'],
      ['bytes behind the go-ahead (CVE-2021-23222)', ['SX'], 'unknown injected'],
    ],
  ],
  [
    'mysql',
    [
      ['MariaDB 10.11', [mysqlGreeting('5.5.5-10.11.19-MariaDB', 0xf7fe | 0x0800), ''], 'TLSv1.2'],
      ['MariaDB 10.11 without TLS', [mysqlGreeting('5.5.5-10.11.19-MariaDB', 0xf7fe & ~0x0800)], 'no-starttls'],
      ['too many connections', [mysqlError(1040)], 'unknown turned-away 1040'],
      ['blocked for too many errors', [mysqlError(1129)], 'unknown turned-away 1129'],
      ['this host is not allowed', [mysqlError(1130)], 'unknown starttls-refused 1130'],
      ['a greeting that is cut in its packet', [mysqlPacket([10, 0x35, 0])], 'not-tls'],
      ['another protocol', ['220 mx.example.nl ESMTP\r\n'], 'not-tls'],
    ],
  ],
  [
    'xmpp',
    [
      [
        'Prosody 0.12',
        [
          stream(
            "<stream:features><starttls xmlns='urn:ietf:params:xml:ns:xmpp-tls'><required/></starttls></stream:features>",
          ),
          "<proceed xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>",
        ],
        'TLSv1.2',
      ],
      [
        'another prefix, and elements with an end',
        [
          stream("<s:features><starttls xmlns='urn:ietf:params:xml:ns:xmpp-tls'></starttls></s:features>"),
          "<proceed xmlns='urn:ietf:params:xml:ns:xmpp-tls'></proceed>",
        ],
        'TLSv1.2',
      ],
      [
        'no starttls',
        [stream("<stream:features><mechanisms xmlns='urn:ietf:params:xml:ns:xmpp-sasl'/></stream:features>")],
        'no-starttls',
      ],
      ['no features', [stream('<stream:features/>')], 'no-starttls'],
      [
        'a domain that it does not serve',
        [stream("<stream:error><host-unknown xmlns='urn:ietf:params:xml:ns:xmpp-streams'/></stream:error>")],
        'unknown starttls-refused host-unknown',
      ],
      [
        'too busy',
        [stream("<stream:error><resource-constraint xmlns='urn:ietf:params:xml:ns:xmpp-streams'/></stream:error>")],
        'unknown turned-away resource-constraint',
      ],
      [
        'offered and then refused',
        [
          stream('<stream:features><starttls/></stream:features>'),
          "<failure xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>",
        ],
        'unknown starttls-refused failure',
      ],
      ['another protocol', ['220 mx.example.nl ESMTP\r\n'], 'not-tls'],
    ],
  ],
])('%s', (protocol, cases) => {
  test.each(cases)('%s', async (_, lines, expected) => {
    expect(await outcomeOf(protocol, lines)).toBe(expected);
  });
});

test('what is said, byte for byte', async () => {
  const said = async (protocol: StarttlsName, lines: Lines): Promise<string> => {
    await using server = await speakingServer({ greets: !clientFirst.includes(protocol), lines });
    await outcome(server, protocol);
    return (server.heard[0] ?? []).join('');
  };
  expect(await said('lmtp', [greeted, ehlo('STARTTLS'), '220 go\r\n'])).toMatch(/^LHLO \S+\r\nSTARTTLS\r\n$/);
  expect(
    Buffer.from(await said('ldap', [Buffer.from('300c02010178070a010004000400', 'hex')]), 'latin1').toString('hex'),
  ).toBe(`301d02010177188016${Buffer.from('1.3.6.1.4.1.1466.20037').toString('hex')}`);
  expect(Buffer.from(await said('postgres', ['S']), 'latin1').toString('hex')).toBe('0000000804d2162f');
  expect(await said('xmpp-server', [stream('<stream:features/>')])).toMatch(
    /^<\?xml version='1.0'\?><stream:stream xmlns='jabber:server' .* from='[^']+' to='mx.example.nl' version='1.0'>$/,
  );
});

function errorResponse(severity: string, state: string): Buffer {
  const fields = `S${severity}\0V${severity}\0C${state}\0Msorry\0\0`;
  const length = Buffer.alloc(4);
  length.writeUInt32BE(4 + fields.length);
  return Buffer.concat([Buffer.from('E'), length, Buffer.from(fields)]);
}

function mysqlPacket(payload: readonly number[]): Buffer {
  return Buffer.from([payload.length, 0, 0, 0, ...payload]);
}

function mysqlGreeting(version: string, capabilities: number): Buffer {
  const challenge = [1, 2, 3, 4, 5, 6, 7, 8];
  const rest = Array.from({ length: 31 }, () => 0);
  const low = [capabilities & 0xff, (capabilities >> 8) & 0xff];
  return mysqlPacket([10, ...Buffer.from(version), 0, 1, 0, 0, 0, ...challenge, 0, ...low, 45, 2, 0, ...rest]);
}

function mysqlError(code: number): Buffer {
  return mysqlPacket([0xff, code & 0xff, code >> 8, ...Buffer.from('sorry')]);
}

function stream(content: string): string {
  const opening = "<?xml version='1.0'?><stream:stream xmlns='jabber:client' id='x' version='1.0'>";
  return opening + content;
}
