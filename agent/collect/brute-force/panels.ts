import { z } from 'zod';
import type { Guard } from '../../../policies/checks/brute-force/facts.ts';
import { read, unreadable, type Reading } from '../../../policies/reading.ts';
import type { CollectContext } from '../collector.ts';
import { readCommand } from '../firewall/command.ts';
import type { Process } from '../processes.ts';
import { parseJson } from './json.ts';

/** WHM API 1, cphulk_status. */
const CphulkStatus = z.object({
  data: z.object({ is_enabled: z.union([z.literal(0), z.literal(1)]) }),
  metadata: z.object({ result: z.literal(1) }),
});

/** What cPanel says of cPHulk; undefined where its daemon does not run. */
export async function readCphulk(context: CollectContext, processes: readonly Process[]): Promise<Guard | undefined> {
  if (!processes.some(({ name }) => name.startsWith('cphulkd'))) return undefined;
  const told = await readCommand(context, {
    file: '/usr/local/cpanel/bin/whmapi1',
    args: ['--output=json', 'cphulk_status'],
  });
  return { program: 'cPHulk', enabled: told.state === 'unreadable' ? told : parseCphulk(told.value) };
}

function parseCphulk(text: string): Reading<boolean> {
  const status = CphulkStatus.safeParse(parseJson(text));
  if (!status.success) return unreadable('unparsable', 'whmapi1 cphulk_status', 'no status of cPHulk');
  return read(status.data.data.is_enabled === 1);
}

const folder = '/usr/local/directadmin';

/** What DirectAdmin's settings say of its brute force monitor; undefined where it does not run. */
export async function readDirectadmin(
  { host }: CollectContext,
  processes: readonly Process[],
): Promise<Guard | undefined> {
  if (!processes.some(({ name }) => name === 'directadmin')) return undefined;
  const settings = await host.readText(`${folder}/conf/directadmin.conf`);
  const script = await host.status(`${folder}/scripts/custom/block_ip.sh`);
  return {
    program: 'DirectAdmin',
    scans: settings.state === 'unreadable' ? settings : read(isOn(settings.value, 'brute_force_log_scanner')),
    hasBlockScript: script.state === 'read' && (script.value.mode & 0o111) !== 0,
  };
}

/** The last of several lines counts. */
function isOn(settings: string, key: string): boolean {
  const [, value] = [...settings.matchAll(new RegExp(`^${key}=(.*)$`, 'gm'))].at(-1) ?? [];
  return value?.trim() === '1';
}
