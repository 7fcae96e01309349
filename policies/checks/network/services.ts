import { z } from 'zod';
import { NetworkText } from '../ssh-access/parameters.ts';

/** `22` or `30000-30009`: from the one to the other. */
export const PortRange = z
  .union([z.int().min(1).max(65_535).transform(String), z.string().regex(/^[1-9]\d{0,4}(-[1-9]\d{0,4})?$/)])
  .refine((text) => {
    const { first, last } = parsePorts(text);
    return first <= last && last <= 65_535;
  }, 'expected a port such as 443, or ports such as 30000-30009');

/** What may be reached on a host, and by whom. */
export const AllowedService = z.strictObject({
  ports: PortRange,
  protocol: z.enum(['tcp', 'udp']).default('tcp'),
  /** The networks from which; everybody where left out. */
  from: z.array(NetworkText).min(1).max(128).optional(),
  /** What the processes may be called, as `ss -p` names them; any where left out. */
  processes: z.array(z.string().min(1).max(64)).min(1).max(32).optional(),
});
export type AllowedService = z.output<typeof AllowedService>;

export const AllowedServices = z.array(AllowedService).max(500);

export interface Ports {
  readonly first: number;
  readonly last: number;
}

/** Of a text that is a port or two with a hyphen between them. */
export function parsePorts(text: string): Ports {
  const [first = '', last = first] = text.split('-');
  return { first: Number(first), last: Number(last) };
}

export function formatPorts({ first, last }: Ports): string {
  return first === last ? String(first) : `${first}-${last}`;
}
