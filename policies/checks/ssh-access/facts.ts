import { z } from 'zod';
import { Moment } from '../../quantities.ts';
import { readingOf } from '../../reading.ts';
import { PamStack } from '../password-policy/pam-rules.ts';

/** What sshd says of who may log in how, for one case (sshd_config(5); `sshd -T -C`). */
const Login = z.strictObject({
  rootLogin: z.enum(['yes', 'no', 'prohibit-password', 'forced-commands-only']),
  publicKey: z.boolean(),
  password: z.boolean(),
  /** keyboard-interactive, which with PAM asks for passwords as well. */
  keyboard: z.boolean(),
  hostBased: z.boolean(),
  gssapi: z.boolean(),
  emptyPasswords: z.boolean(),
  pam: z.boolean(),
  /** AuthenticationMethods: `any`, or lists of methods (`publickey,password`), one of which must be gone through. */
  methods: z.union([z.literal('any'), z.array(z.string().max(256)).max(64)]),
  /** Whether only keys of FIDO devices are accepted that also ask for a PIN or a fingerprint. */
  verifiedDevices: z.boolean(),
});
export type Login = z.output<typeof Login>;

const Case = z.strictObject({
  /** Addresses that stand for all that the configuration treats alike. */
  from: z.array(z.string().max(64)).min(1).max(64),
  /** Whether these accounts have number 0. */
  root: z.boolean(),
  /** Accounts that the lists of users and groups let in (pseudonyms, sorted). */
  accounts: z.array(z.string().max(256)).max(100_000),
  login: Login,
});
export type Case = z.output<typeof Case>;

const Algorithms = z.array(z.string().max(128)).max(128);

const Settings = z.strictObject({
  /** The last change of its files. */
  changedAt: Moment,
  /** When it read them last; `each` connection, or null where nothing tells. */
  readAt: z.union([Moment, z.literal('each'), z.null()]),
  listens: z.array(z.strictObject({ address: z.string().max(64), port: z.int() })).max(256),
  hostKeys: z
    .array(
      z.strictObject({
        path: z.string().max(1024),
        key: readingOf(z.strictObject({ type: z.string().max(64), bits: z.int() })),
      }),
    )
    .max(64),
  ciphers: Algorithms,
  macs: Algorithms,
  keyExchange: Algorithms,
  hostKeyAlgorithms: Algorithms,
  /** What PAM asks of who logs in over SSH; null where sshd does not ask PAM. */
  pam: readingOf(PamStack).nullable(),
  cases: z.array(Case).max(64),
});
export type Settings = z.output<typeof Settings>;

const Server = z.strictObject({
  /** The path of its configuration, or the program's name. */
  server: z.string().max(1024),
  state: z.enum(['listening', 'socket', 'stopped']),
  settings: readingOf(Settings),
});
export type Server = z.output<typeof Server>;

const Servers = z.strictObject({
  /** Sorted by name. */
  servers: z.array(Server).max(64),
  /** SSH servers inside containers, whose files are not this host's. */
  inContainers: z.int(),
  /** Whether something listens on port 22. */
  port22: readingOf(z.boolean()),
  /** What nsswitch.conf asks for users besides this host's files. */
  directories: readingOf(z.array(z.string().max(64)).max(32)),
  /** Networks from inside and outside of which the cases were looked for, besides those that the configuration names. */
  networks: z.array(z.string().max(64)).max(256),
});
export type Servers = z.output<typeof Servers>;

export const SshAccessFacts = z.strictObject({
  servers: readingOf(Servers),
  /** The networks from which this host may be managed, by agent.yaml; null where it names none. */
  managementAddresses: z.array(z.string().max(64)).max(128).nullable(),
});
export type SshAccessFacts = z.output<typeof SshAccessFacts>;
