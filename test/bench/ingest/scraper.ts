import { percentile, tell } from '../figures.ts';

/** A Prometheus that scrapes each second, until its block ends: then it tells how long that took. */
export function scrapeEachSecond(url: string, token: string): AsyncDisposable {
  const milliseconds: number[] = [];
  let bytes = 0;
  let scraping = Promise.resolve();
  const scrape = async (): Promise<void> => {
    const begun = performance.now();
    const response = await fetch(`${url}/metrics`, { headers: { authorization: `Bearer ${token}` } });
    if (!response.ok) throw new Error(`${response.status} ${await response.text()}`);
    bytes = (await response.bytes()).length;
    milliseconds.push(performance.now() - begun);
  };
  // One after the other: where the collector is slower than a second, Prometheus would skip some too.
  const timer = setInterval(() => {
    scraping = scraping.then(scrape);
  }, 1000);
  return {
    async [Symbol.asyncDispose]() {
      clearInterval(timer);
      await scraping;
      const took = `median ${percentile(milliseconds, 0.5).toFixed(0)} ms, ${(bytes / 2 ** 20).toFixed(1)} MiB`;
      tell(`  ${milliseconds.length} scrapes meanwhile, one a second`, took);
    },
  };
}
