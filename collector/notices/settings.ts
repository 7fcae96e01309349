import { dirname, resolve } from 'node:path';
import { z } from 'zod';
import { Duration } from '../../policies/quantities.ts';
import { Labels, Severity } from '../../policies/schema.ts';
import { topics } from './condition.ts';

/** An address as SMTP takes it, without a display name. */
const MailAddress = z.email('expected an address such as desk@example.nl').max(254);

export function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || host === '[::1]' || /^127\.\d+\.\d+\.\d+$/.test(host);
}

/** The server that mail is handed to. */
export const MailSettings = z
  .strictObject({
    host: z.string().min(1).max(253),
    port: z.int().min(1).max(65_535).optional(),
    /** `tls` from the first byte, `starttls` before anything is said, `none`: in the open. */
    security: z.enum(['tls', 'starttls', 'none']).optional(),
    /** A PEM file with the authorities that may vouch for the server; the system's unless given. */
    ca: z.string().optional(),
    user: z.string().min(1).max(254).optional(),
    /** A file that holds the password, so that this one need not be secret. */
    passwordFile: z.string().optional(),
    from: MailAddress,
    /** How long the server may take to answer, in seconds. */
    timeout: Duration.prefault('30s'),
  })
  .refine(
    ({ user, passwordFile }) => (user === undefined) === (passwordFile === undefined),
    'expected user and passwordFile together',
  )
  .transform(({ security, port, ...mail }) => {
    const chosen = security ?? (isLoopback(mail.host) ? 'none' : 'starttls');
    return { ...mail, security: chosen, port: port ?? defaultPorts[chosen] };
  });
export type MailSettings = z.output<typeof MailSettings>;

const defaultPorts = { tls: 465, starttls: 587, none: 25 } as const;

const WebhookSettings = z
  .strictObject({
    url: z.url({ protocol: /^https?$/, error: 'expected an address such as https://desk.example.nl/hooks/waarborg' }),
    /** A file that holds the shared secret: `whsec_` and base64 of 24 to 64 bytes. */
    secretFile: z.string(),
    timeout: Duration.prefault('30s'),
  })
  .refine(
    ({ url }) => url.startsWith('https:') || isLoopback(new URL(url).hostname),
    'expected https: what is told would cross the network in the open',
  );
export type WebhookSettings = z.output<typeof WebhookSettings>;

/** Somebody who is told. */
const Receiver = z
  .strictObject({
    name: z.string().regex(/^[a-z0-9][a-z0-9.-]{0,62}$/, 'expected a name in lower case, such as desk'),
    mail: z.array(MailAddress).min(1).max(20).optional(),
    webhook: WebhookSettings.optional(),
    language: z.enum(['nl', 'en']).default('nl'),
    /** What weighs less is not told. */
    severity: Severity.default('info'),
    /** Of controls, those of these documents; all unless given. */
    policies: z.array(z.string()).min(1).optional(),
    /** Only what is about hosts that have all of these. */
    labels: Labels.default({}),
    about: z
      .array(z.enum(topics))
      .min(1)
      .default([...topics]),
    /** What presses waits so long for what comes with it, in seconds. */
    window: Duration.prefault('5m'),
    /** When reminders are sent, by the clock in the Netherlands. */
    digest: z
      .string()
      .regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'expected a time of the day such as 08:00')
      .default('08:00'),
    /** No more messages in an hour: what there is more waits, and goes together. */
    perHour: z.int().positive().max(1000).default(10),
  })
  .refine(({ mail, webhook }) => (mail === undefined) !== (webhook === undefined), 'expected either mail or webhook');
export type Receiver = z.output<typeof Receiver>;

/** `notices` in collector.yaml: who is told of what. */
export const NoticesSettings = z
  .strictObject({
    /** Where people reach this collector: links begin with it. */
    url: z.url({ protocol: /^https?$/, error: 'expected an address such as https://waarborg.example.nl' }).optional(),
    mail: MailSettings.optional(),
    /** A message that nobody took for so long is given up, in seconds. */
    giveUpAfter: Duration.prefault('3d'),
    receivers: z
      .array(Receiver)
      .min(1)
      .refine((all) => new Set(all.map(({ name }) => name)).size === all.length, 'expected each name once'),
  })
  .refine(
    ({ mail, receivers }) => mail !== undefined || receivers.every((receiver) => receiver.mail === undefined),
    'expected mail, which says how mail is sent, as a receiver has an address',
  );
export type NoticesSettings = z.output<typeof NoticesSettings>;

/** The same with paths that are of `folder` made whole. */
export function resolveNotices(settings: NoticesSettings, file: string): NoticesSettings {
  const whole = (path: string): string => resolve(dirname(resolve(file)), path);
  const { mail } = settings;
  return {
    ...settings,
    ...(mail === undefined
      ? {}
      : {
          mail: {
            ...mail,
            ...(mail.ca === undefined ? {} : { ca: whole(mail.ca) }),
            ...(mail.passwordFile === undefined ? {} : { passwordFile: whole(mail.passwordFile) }),
          },
        }),
    receivers: settings.receivers.map((receiver) =>
      receiver.webhook === undefined
        ? receiver
        : { ...receiver, webhook: { ...receiver.webhook, secretFile: whole(receiver.webhook.secretFile) } },
    ),
  };
}
