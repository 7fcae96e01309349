import { z } from 'zod';
import { Moment } from '../../quantities.ts';
import { readingOf } from '../../reading.ts';

const Name = z.string().min(1).max(256);
const Port = z.int().min(1).max(65_535);

/** Where a program is told to send logs. */
const Destination = z.strictObject({
  host: Name,
  port: Port,
  /** `http`: connections come and go. */
  transport: z.enum(['stream', 'datagram', 'http']),
  /** Whether everything goes there that the program gets, or what some rule chooses. */
  scope: z.enum(['all', 'part']),
  /** What the name stands for now, sorted. */
  addresses: readingOf(z.array(z.strictObject({ address: Name, isOwn: z.boolean() })).max(64)),
  /** The programs that listen there, where it is an address of this host; sorted. */
  servedBy: z.array(Name).max(16),
});
export type Destination = z.output<typeof Destination>;

const Forwarder = z.strictObject({
  program: Name,
  /** Null where its configuration is not read and nobody named the targets in agent.yaml. Sorted. */
  destinations: readingOf(z.array(Destination).max(256)).nullable(),
  /** Addresses of others with which it has connections now, sorted. */
  peers: readingOf(z.array(z.strictObject({ address: Name, port: Port })).max(1024)),
  /** When the oldest record that waits on disk was put there; null where none waits. */
  waitingSince: readingOf(Moment.nullable()),
});
export type Forwarder = z.output<typeof Forwarder>;

export const Facts = z.strictObject({
  /** Running programs that can send logs elsewhere, sorted. */
  forwarders: readingOf(z.array(Forwarder).max(32)),
});
export type LogForwardingFacts = z.output<typeof Facts>;
