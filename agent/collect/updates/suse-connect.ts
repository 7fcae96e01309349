import { z } from 'zod';
import type { Registration } from '../../../policies/checks/updates/facts.ts';
import { read, unreadable, type Reading } from '../../../policies/reading.ts';
import type { Host } from '../../host/host.ts';
import { runTool } from './command.ts';

/** What SUSEConnect(8) `--status` prints; a registration code, too, which stays here. */
const Products = z.array(
  z.object({
    identifier: z.string().min(1).max(256),
    status: z.string().min(1).max(256),
    subscription_status: z.string().min(1).max(256).optional(),
    expires_at: z.string().optional(),
  }),
);

export async function readRegistrations(host: Host, signal: AbortSignal): Promise<Reading<Registration[]>> {
  const output = await runTool(host, { file: 'SUSEConnect', args: ['--status'] }, signal);
  if (output.state === 'unreadable') return output;
  const products = parseProducts(output.value.stdout);
  if (products === undefined) return unreadable('unparsable', 'SUSEConnect --status', 'unknown form');
  const registrations = products.map(({ identifier, status, subscription_status, expires_at }) => ({
    product: identifier,
    status: subscription_status ?? status,
    expires: momentOf(expires_at),
  }));
  return read(registrations.sort((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1)));
}

function parseProducts(text: string): z.output<typeof Products> | undefined {
  try {
    return Products.parse(JSON.parse(text));
  } catch {
    return undefined;
  }
}

/** `2027-03-01 00:00:00 UTC` or ISO 8601. */
function momentOf(text: string | undefined): string | null {
  if (text === undefined) return null;
  const date = new Date(text.replace(/^(\S+) (\S+) UTC$/, '$1T$2Z'));
  return Number.isNaN(date.getTime()) ? null : date.toISOString();
}
