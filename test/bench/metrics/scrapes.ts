import { get } from 'node:http';
import { percentile } from '../figures.ts';

export interface Scrapes {
  readonly count: number;
  /** Milliseconds. */
  readonly median: number;
  readonly longest: number;
  /** As they came over the wire. */
  readonly bytes: number;
}

/** Scrapes as Prometheus does, compressed, each second until it is told to end; what comes is counted and not unpacked. */
export function scrapeEachSecond(url: string, token: string): { end(): Promise<Scrapes> } {
  const milliseconds: number[] = [];
  let bytes = 0;
  let scraping = Promise.resolve();
  const scrape = async (): Promise<void> => {
    const begun = performance.now();
    bytes = await bytesOf(`${url}/metrics`, token);
    milliseconds.push(performance.now() - begun);
  };
  const timer = setInterval(() => {
    scraping = scraping.then(scrape);
  }, 1000);
  return {
    async end() {
      clearInterval(timer);
      await scraping;
      const [median, longest] = [percentile(milliseconds, 0.5), Math.max(...milliseconds)];
      return { count: milliseconds.length, median, longest, bytes };
    },
  };
}

function bytesOf(url: string, token: string): Promise<number> {
  const headers = { authorization: `Bearer ${token}`, 'accept-encoding': 'gzip' };
  return new Promise((resolve, reject) => {
    get(url, { headers }, (response) => {
      let bytes = 0;
      response.on('data', (chunk: Buffer) => (bytes += chunk.length));
      response.on('end', () => (response.statusCode === 200 ? resolve(bytes) : reject(new Error('refused'))));
    }).on('error', reject);
  });
}
