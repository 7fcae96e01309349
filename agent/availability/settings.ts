import { isIP } from 'node:net';
import { z } from 'zod';
import { purposes, TargetName } from '../../policies/checks/availability/facts.ts';
import { Moment } from '../../policies/quantities.ts';
import { toHostName } from '../collect/discovery/place.ts';
import { canonicalAddress, placeLabel } from '../collect/sockets.ts';

const HostText = z
  .string()
  .max(253)
  .transform((host) => canonicalAddress(host.replace(/^\[(.*)\]$/, '$1')))
  .refine((host) => isIP(host) !== 0 || toHostName(host) === host, 'expected an address or a host name');
const Port = z.int().min(1).max(65_535);

const shared = { name: TargetName, purpose: z.enum(purposes).default('service') };

function webTarget<Service extends 'http' | 'https'>(service: Service) {
  return z.strictObject({
    ...shared,
    service: z.literal(service),
    url: z
      .url({ protocol: new RegExp(`^${service}$`) })
      .max(1000)
      .refine((text) => URL.parse(text)?.username === '', 'expected a URL without a name and a password'),
    /** Statuses that a page in good order may have. */
    status: z.array(z.int().min(100).max(599)).min(1).max(20).default([200]),
    /** What the page must say, letter by letter. */
    text: z.string().min(1).max(500).optional(),
  });
}

/** How TLS is spoken: not at all, from the first byte, or after the protocol's own word for it. */
const Tls = z.enum(['none', 'implicit', 'starttls']).default('none');

function mailTarget<Service extends 'imap' | 'pop3' | 'smtp'>(service: Service, port: number, implicitPort: number) {
  return z
    .strictObject({ ...shared, service: z.literal(service), host: HostText, port: Port.optional(), tls: Tls })
    .transform((target) => ({ ...target, port: target.port ?? (target.tls === 'implicit' ? implicitPort : port) }));
}

/** 32 bytes in base64, as wg(8) writes keys. */
const WireguardKey = z
  .string()
  .regex(/^[A-Za-z0-9+/]{42}[AEIMQUYcgkosw048]=$/, 'expected a key as "wg pubkey" prints it');

export const AvailabilityTarget = z.discriminatedUnion('service', [
  webTarget('http'),
  webTarget('https'),
  mailTarget('imap', 143, 993),
  mailTarget('pop3', 110, 995),
  mailTarget('smtp', 25, 465),
  z.strictObject({
    ...shared,
    service: z.literal('dns'),
    zone: z.string().refine((zone) => toHostName(zone) === zone, 'expected a domain name'),
    /** It is enough that one of them answers. */
    servers: z.array(HostText).min(1).max(13),
    port: Port.default(53),
  }),
  z.strictObject({
    ...shared,
    service: z.literal('mysql'),
    host: HostText,
    port: Port.default(3306),
    /** Whose login is begun; it need not exist. */
    user: z.string().min(1).max(32).default('waarborg'),
  }),
  z.strictObject({
    ...shared,
    service: z.literal('postgres'),
    host: HostText,
    port: Port.default(5432),
    user: z.string().min(1).max(63).default('waarborg'),
  }),
  z.strictObject({ ...shared, service: z.literal('ping'), host: HostText }),
  z.strictObject({ ...shared, service: z.literal('tcp'), host: HostText, port: Port }),
  z.strictObject({
    ...shared,
    service: z.literal('wireguard'),
    host: HostText,
    port: Port.default(51_820),
    /** The other side's. */
    publicKey: WireguardKey,
    /** Files that hold our key, and one that both sides share where there is one. */
    privateKeyFile: z.string().min(1).max(1000),
    presharedKeyFile: z.string().min(1).max(1000).optional(),
  }),
]);
export type AvailabilityTarget = z.output<typeof AvailabilityTarget>;
export type TargetOf<Service extends AvailabilityTarget['service']> = Extract<
  AvailabilityTarget,
  { readonly service: Service }
>;

const ControlPlace = z.strictObject({ host: HostText, port: Port });
export type ControlPlace = z.output<typeof ControlPlace>;

const Maintenance = z
  .strictObject({
    from: Moment,
    until: Moment,
    /** When customers were told. */
    announcedAt: Moment,
    /** Names; all where left out. */
    targets: z.array(TargetName).min(1).max(64).default([]),
  })
  .refine(({ from, until }) => Date.parse(from) < Date.parse(until), 'expected an end after the beginning')
  .refine(
    ({ from, announcedAt }) => Date.parse(announcedAt) <= Date.parse(from),
    'expected an announcement before it begins',
  );

export const AvailabilitySettings = z
  .strictObject({
    targets: z
      .array(AvailabilityTarget)
      .max(64)
      .refine(
        (targets) => new Set(targets.map(keyOf)).size === targets.length,
        'expected each name once for each service',
      )
      .default([]),
    /** What always answers, and so shows that this host is not cut off. */
    controls: z.array(ControlPlace).max(16).default([]),
    maintenance: z.array(Maintenance).max(200).default([]),
  })
  .prefault({});
export type AvailabilitySettings = z.output<typeof AvailabilitySettings>;

/** The part of agent.yaml. */
export const AvailabilityPart = z.object({ availability: AvailabilitySettings });

/** What a target is remembered by. */
export function keyOf({ service, name }: Pick<AvailabilityTarget, 'service' | 'name'>): string {
  return `${service} ${name}`;
}

/** Where it is, for people. What stands behind the path of a URL may be a secret. */
export function whereIs(target: AvailabilityTarget): string {
  switch (target.service) {
    case 'http':
    case 'https': {
      const { origin, pathname } = new URL(target.url);
      return `${origin}${pathname}`;
    }
    case 'dns':
      return `${target.zone} at ${target.servers.join(', ')}`.slice(0, 1024);
    case 'ping':
      return target.host;
    default:
      return placeLabel(target.host, target.port);
  }
}
