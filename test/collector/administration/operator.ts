import type { Collector } from '../../../collector/collector.ts';
import { exportBundle } from '../../../collector/export.ts';
import { folderReader } from '../../../commands/bundle-folder.ts';
import { verifyBundle, type Verification } from '../../../evidence/verify.ts';

export interface Answered {
  readonly status: number;
  readonly body: unknown;
}

/** Asks as whoever has a token of the role. */
export async function ask(
  collector: Pick<Collector, 'url' | 'tokens'>,
  path: string,
  body: object,
  role: 'operator' | 'auditor' | 'metrics' = 'operator',
): Promise<Answered> {
  const { secret } = collector.tokens.create({ role, label: '', validity: 600 }, new Date());
  const response = await fetch(new URL(path, collector.url), {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${secret}` },
    body: JSON.stringify({ v: 1, ...body }),
  });
  return { status: response.status, body: await response.json() };
}

/** What is served to whoever may read all. */
export async function readAs(collector: Pick<Collector, 'url' | 'tokens'>, path: string): Promise<string> {
  const { secret } = collector.tokens.create({ role: 'auditor', label: '', validity: 600 }, new Date());
  const response = await fetch(new URL(path, collector.url), { headers: { authorization: `Bearer ${secret}` } });
  return response.text();
}

/** What an auditor finds in an export of that moment. */
export function audited(data: string, folder: string): Verification {
  exportBundle(data, folder, () => undefined);
  return verifyBundle(folderReader(folder));
}
