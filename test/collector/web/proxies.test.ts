import { expect, test } from 'vitest';
import { collectorOn } from '../../support/road.ts';
import { temporaryFolder } from '../../support/tools.ts';

/** One more than an address may be refused in a minute. */
const tries = 31;

/** How the last of so many wrong tokens is answered, each sent with what this says of where it comes from. */
async function lastOf(url: string, forwardedFor: (index: number) => string): Promise<number> {
  let status = 0;
  for (let index = 1; index <= tries; index++) {
    const headers = { authorization: 'Bearer wbg_metrics_wrong', 'x-forwarded-for': forwardedFor(index) };
    ({ status } = await fetch(new URL('/metrics', url), { headers }));
  }
  return status;
}

test('without a proxy nobody gets more guesses by saying that he is somebody else', async () => {
  using folder = temporaryFolder();
  await using collector = await collectorOn(folder.path);
  expect(await lastOf(collector.url, (index) => `192.0.2.${index}`)).toBe(429);
});

test('behind a proxy each client has his own guesses, by the address that the proxy saw', async () => {
  using folder = temporaryFolder();
  await using collector = await collectorOn(folder.path, { config: { proxies: 1 } });
  expect(await lastOf(collector.url, (index) => `192.0.2.${index}`)).toBe(401);
  // What a client claims comes first; the proxy puts behind it what it saw.
  expect(await lastOf(collector.url, (index) => `203.0.113.${index}, 198.51.100.7`)).toBe(429);
});
