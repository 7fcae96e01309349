import { z } from 'zod';
import { Obstacle, obstacleReason, readingOf } from '../reading.ts';
import { reasonsFrom, type Catalogue, type Reason } from '../reasons.ts';

/** Protocols in which a connection begins in plain text and a client asks for TLS; `xmpp-server` is XMPP between servers. */
export const starttlsNames = [
  'ftp',
  'imap',
  'ldap',
  'lmtp',
  'mysql',
  'pop3',
  'postgres',
  'sieve',
  'smtp',
  'xmpp',
  'xmpp-server',
] as const;
export type StarttlsName = (typeof starttlsNames)[number];

/** Why a question to a server has no clear answer. `detail` is a technical word such as an alert's or an error's name. */
export const Doubt = z.strictObject({
  what: z.enum([
    'silent',
    'closed',
    'cut-off',
    'malformed',
    'not-tls',
    'unreachable',
    'alert',
    'not-offered',
    'handshake-failed',
    'bad-certificate',
    'no-certificate',
    'unsteady',
    // In the plain text before TLS:
    'no-starttls',
    'starttls-refused',
    'turned-away',
    'injected',
  ]),
  detail: z.string().max(200).optional(),
});
export type Doubt = z.output<typeof Doubt>;

export function doubtText({ what, detail }: Doubt): string {
  return detail === undefined ? what : `${what} ${detail}`;
}

/**
 * Which server a fact is about: `127.0.0.1:443` or `[::1]:443`, and the name that was asked for (SNI), if any.
 * `settings`: the operator declared that it speaks TLS. `listening`: it was only found among the listening sockets.
 * `starttls`: it begins in this protocol, in plain text. `reach`: from where a socket that was found takes connections.
 */
export const endpointIdentity = {
  endpoint: z.string().max(300),
  name: z.string().max(253).optional(),
  origin: z.enum(['settings', 'listening']),
  starttls: z.enum(starttlsNames).optional(),
  reach: z.enum(['loopback', 'network']).optional(),
};

/**
 * It answered, and not with TLS: with another protocol, by closing every connection without a word, or in the protocol
 * of `starttls` and without an offer of TLS.
 */
export const OtherProtocol = z.strictObject({
  ...endpointIdentity,
  speaks: z.literal('other'),
  answer: z.enum(['not-tls', 'closed', 'no-starttls']),
});

/** Whether it speaks TLS could not be established. */
export const Unclear = z.strictObject({ ...endpointIdentity, speaks: z.literal('unknown'), why: Doubt });

/** Software that serves different things to different names; of others nothing is missed where no name is known. */
const namedSoftware: readonly string[] = ['Apache', 'Caddy', 'Dovecot', 'HAProxy', 'nginx'];

/** A server's configuration that was looked at for names and certificate files, and what stood before it. */
export const Configuration = z.strictObject({
  software: z.enum([
    'Apache',
    'Caddy',
    'Dovecot',
    'Exim',
    'HAProxy',
    'MariaDB',
    'nginx',
    'Postfix',
    'PostgreSQL',
    'ProFTPD',
    'Pure-FTPd',
  ]),
  obstacle: Obstacle.nullable(),
});
export type Configuration = z.output<typeof Configuration>;

/**
 * The host's own listening sockets, or why they could not be read. What was found and probed is among the endpoints;
 * what was found and not probed is here.
 */
export const Listening = readingOf(
  z.strictObject({
    skipped: z
      .array(z.strictObject({ endpoint: endpointIdentity.endpoint, why: z.enum(['ssh', 'declared-none']) }))
      .max(1000),
    /** How many were left because there were more than an agent probes. */
    overLimit: z.int().nonnegative(),
    /** What the processes that listen are called, where that may be read. */
    programs: z
      .array(
        z.strictObject({ endpoint: endpointIdentity.endpoint, programs: z.array(z.string().max(64)).min(1).max(16) }),
      )
      .max(1000)
      .optional(),
    /** The configurations of servers that listen, sorted by name; left out where none was looked for. */
    configurations: z.array(Configuration).max(16).optional(),
    /** Wildcards and regular expressions that a server answers to, of which no name is known to ask for. */
    patterns: z
      .array(z.strictObject({ endpoint: endpointIdentity.endpoint, pattern: z.string().max(253) }))
      .max(1000)
      .optional(),
    /** How many names were left because there were more than an agent asks for. */
    namesOverLimit: z.int().nonnegative().optional(),
  }),
);
export type Listening = z.output<typeof Listening>;

export const endpointReasons = {
  'endpoint.not-tls': {
    verdict: 'fail',
    en: 'is declared to speak TLS but answers with another protocol; if it wants STARTTLS, declare that in agent.yaml ("starttls")',
    nl: 'zou volgens de instellingen TLS spreken maar antwoordt met een ander protocol; wil het STARTTLS, geef dat dan op in agent.yaml ("starttls")',
  },
  'endpoint.other-protocol': {
    verdict: 'fail',
    en: 'is declared to speak {protocol} with STARTTLS but answers with another protocol',
    nl: 'zou volgens de instellingen {protocol} met STARTTLS spreken maar antwoordt met een ander protocol',
  },
  'endpoint.no-starttls': {
    verdict: 'fail',
    en: 'is declared to speak TLS but offers only plain {protocol}; switch STARTTLS on',
    nl: 'zou volgens de instellingen TLS spreken maar biedt alleen {protocol} zonder versleuteling; zet STARTTLS aan',
  },
  'endpoint.plain-text': {
    verdict: 'fail',
    en: 'listens on the network and offers {protocol} without TLS; switch STARTTLS on, or let it listen on loopback only',
    nl: 'luistert op het netwerk en biedt {protocol} zonder TLS; zet STARTTLS aan, of laat het alleen op loopback luisteren',
  },
  'endpoint.starttls-unclear': {
    verdict: 'unknown',
    en: 'speaks {protocol}, and whether TLS can begin in it is not clear ({why})',
    nl: 'spreekt {protocol}, en of TLS daarin kan beginnen is niet duidelijk ({why})',
  },
  'endpoint.closed': {
    verdict: 'unknown',
    en: 'is declared to speak TLS but closes every connection without an answer',
    nl: 'zou volgens de instellingen TLS spreken maar sluit elke verbinding zonder antwoord',
  },
  'endpoint.no-answer': {
    verdict: 'unknown',
    en: 'gave no clear answer to a TLS greeting ({why})',
    nl: 'gaf geen duidelijk antwoord op een TLS-begroeting ({why})',
  },
  'endpoint.silent-socket': {
    verdict: 'unknown',
    en: 'listens and gave no clear answer to a TLS greeting ({why}); if it does not speak TLS, declare it in agent.yaml with "tls: none"',
    nl: 'luistert en gaf geen duidelijk antwoord op een TLS-begroeting ({why}); spreekt het geen TLS, geef het in agent.yaml dan op met "tls: none"',
  },
  'endpoint.over-limit': {
    verdict: 'unknown',
    en: '{count} listening sockets were not probed because there are too many; declare what they are in agent.yaml',
    nl: '{count} luisterende sockets zijn niet onderzocht omdat het er te veel zijn; geef in agent.yaml op wat ze zijn',
  },
  'endpoint.names-unread': {
    verdict: 'unknown',
    en: 'the names that {software} serves are not known: {what}: {why}; run the agent as root, or declare the names in agent.yaml and set "discovery: off"',
    nl: 'de namen die {software} bedient zijn niet bekend: {what}: {why}; draai de agent als root, of geef de namen op in agent.yaml en zet "discovery: off"',
  },
  'endpoint.pattern': {
    verdict: 'unknown',
    en: 'answers to {pattern} with a server of its own, and no name of that form is known; declare one in agent.yaml ("names")',
    nl: 'antwoordt op {pattern} met een eigen server, en er is geen naam van die vorm bekend; geef er een op in agent.yaml ("names")',
  },
  'endpoint.names-over-limit': {
    verdict: 'unknown',
    en: '{count} names that servers of this host are configured for were not asked for because there are too many',
    nl: '{count} namen waarvoor servers op deze host zijn ingesteld zijn niet opgevraagd omdat het er te veel zijn',
  },
  'endpoint.declared-none': {
    verdict: 'not-applicable',
    en: 'is declared not to speak TLS and was not probed',
    nl: 'spreekt volgens de instellingen geen TLS en is niet onderzocht',
  },
  'endpoint.none': {
    verdict: 'not-applicable',
    en: 'no endpoint of this host was found to speak TLS',
    nl: 'er is op deze host geen endpoint gevonden dat TLS spreekt',
  },
} as const satisfies Catalogue;

const because = reasonsFrom(endpointReasons);

/** `www.example.nl (127.0.0.1:443)`, `127.0.0.1:25 (smtp)`, `mx.example.nl (127.0.0.1:25, smtp)` or the bare endpoint. */
export function endpointSubject({ endpoint, name, starttls }: EndpointIdentity): string {
  if (name === undefined) return starttls === undefined ? endpoint : `${endpoint} (${starttls})`;
  return `${name} (${starttls === undefined ? endpoint : `${endpoint}, ${starttls}`})`;
}

interface EndpointIdentity {
  readonly endpoint: string;
  readonly name?: string | undefined;
  readonly starttls?: StarttlsName | undefined;
}

/**
 * What an endpoint means that was not seen to speak TLS. One that was only found listening and answered with
 * something else promises nothing about TLS, so nothing is said of it.
 */
export function judgeWithoutTls(facts: z.output<typeof OtherProtocol> | z.output<typeof Unclear>): Reason[] {
  const subject = endpointSubject(facts);
  const declared = facts.origin === 'settings';
  const protocol = facts.starttls;
  if (facts.speaks === 'unknown') {
    const why = doubtText(facts.why);
    if (protocol !== undefined) return [because('endpoint.starttls-unclear', { protocol, why }, subject)];
    return [because(declared ? 'endpoint.no-answer' : 'endpoint.silent-socket', { why }, subject)];
  }
  if (!declared) return [];
  if (protocol !== undefined) {
    const code = facts.answer === 'no-starttls' ? 'endpoint.no-starttls' : 'endpoint.other-protocol';
    return [because(code, { protocol }, subject)];
  }
  return [because(facts.answer === 'not-tls' ? 'endpoint.not-tls' : 'endpoint.closed', {}, subject)];
}

/** Where encryption is asked of everything: what was found to offer one of these protocols to the network in plain text alone. */
export function judgePlainText(facts: z.output<typeof OtherProtocol> | z.output<typeof Unclear>): Reason[] {
  const { starttls: protocol, origin, reach } = facts;
  if (facts.speaks !== 'other' || facts.answer !== 'no-starttls' || protocol === undefined) return [];
  if (origin === 'settings' || reach === 'loopback') return [];
  return [because('endpoint.plain-text', { protocol }, endpointSubject(facts))];
}

/** What the list of listening sockets itself means: sockets that nobody looked at are never compliant. */
export function judgeListening(listening: Listening): Reason[] {
  if (listening.state === 'unreadable') return [obstacleReason(listening.obstacle)];
  const { skipped, overLimit, configurations = [], patterns = [], namesOverLimit = 0 } = listening.value;
  const declared = skipped.filter(({ why }) => why === 'declared-none');
  return [
    ...(overLimit > 0 ? [because('endpoint.over-limit', { count: overLimit })] : []),
    ...(namesOverLimit > 0 ? [because('endpoint.names-over-limit', { count: namesOverLimit })] : []),
    ...configurations.flatMap(({ software, obstacle }) =>
      obstacle === null || !namedSoftware.includes(software)
        ? []
        : [because('endpoint.names-unread', { software, what: obstacle.what, why: obstacle.detail ?? obstacle.code })],
    ),
    ...patterns.map(({ endpoint, pattern }) => because('endpoint.pattern', { pattern }, endpoint)),
    ...declared.map(({ endpoint }) => because('endpoint.declared-none', {}, endpoint)),
  ];
}

/** Said where nothing else was: everything could be looked at, and nothing spoke TLS. */
export function noEndpoints(): Reason {
  return because('endpoint.none', {});
}
