import { z } from 'zod';
import { readingOf } from '../../reading.ts';
import { AllowedServices } from '../network/services.ts';

/** A socket that takes connections, or packets of anybody. */
const ListeningSocket = z.strictObject({
  protocol: z.enum(['tcp', 'udp']),
  /** `0.0.0.0` and `::` are all addresses of the host. */
  address: z.string().max(64),
  port: z.int().min(1).max(65_535),
  /** What its processes are called; empty where the kernel itself listens, or where they may not be seen. */
  programs: z.array(z.string().max(64)).max(16),
  /** Whose user made it: root, an account of the system (below 1000, or nobody), or another. */
  owner: z.enum(['root', 'system', 'user']),
  /** Of services that may be set up either way: whether a handshake of TLS was answered with one. */
  tls: z.boolean().optional(),
});
export type ListeningSocket = z.output<typeof ListeningSocket>;

export const ListeningFacts = z.strictObject({
  sockets: readingOf(z.array(ListeningSocket).max(10_000)),
  /** `own`: only the agent's own processes could be seen. */
  programs: z.enum(['all', 'own']),
  /** Whether the host itself has an address of the Internet. */
  publicAddresses: readingOf(z.strictObject({ ipv4: z.boolean(), ipv6: z.boolean() })),
  /** What agent.yaml says; null for what it does not. */
  declared: z.strictObject({
    services: AllowedServices.nullable(),
    managementPorts: z.array(z.int()).max(128).nullable(),
    /** `private`: no address of the Internet is mapped to this host. */
    exposure: z.enum(['internet', 'private']),
  }),
});
export type ListeningFacts = z.output<typeof ListeningFacts>;
