import { z } from 'zod';
import type { Support } from '../../../policies/checks/updates/facts.ts';
import { read, unreadable } from '../../../policies/reading.ts';
import type { CollectContext } from '../collector.ts';
import { runTool } from './command.ts';

/** What is asked of `pro status --format json` (ubuntu-pro-client 27 and later); the rest tells of the contract's owner. */
const Status = z.object({
  attached: z.boolean(),
  expires: z.iso.datetime({ offset: true }).nullish(),
  services: z.array(z.object({ name: z.string(), status: z.string().optional() })),
});

/** Whether Ubuntu's Expanded Security Maintenance is switched on, and its contract runs. */
export async function askPro({ host, signal, at }: CollectContext): Promise<NonNullable<Support['extended']>> {
  const output = await runTool(host, { file: 'pro', args: ['status', '--format', 'json'] }, signal);
  if (output.state === 'unreadable') return output;
  const status = parseStatus(output.value.stdout);
  if (status === undefined) return unreadable('unparsable', 'pro status', 'unknown form');
  const { attached, expires, services } = status;
  const hasExpired = typeof expires === 'string' && Date.parse(expires) <= at.getTime();
  const isEnabled = services.some((service) => service.name === 'esm-infra' && service.status === 'enabled');
  return read(attached && isEnabled && !hasExpired ? 'enabled' : 'disabled');
}

function parseStatus(text: string): z.output<typeof Status> | undefined {
  try {
    return Status.parse(JSON.parse(text));
  } catch {
    return undefined;
  }
}
