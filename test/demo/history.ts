import { closeSync, openSync, writeSync } from 'node:fs';

/** As the job and the target of whoever scrapes on must be called, for the series to be the same. */
export const scrapedAs = { job: 'waarborg', instance: 'demonstration' } as const;

const scraped = `job="${scrapedAs.job}",instance="${scrapedAs.instance}"`;

/**
 * What `/metrics` said at many moments, as one OpenMetrics file with timestamps, which `promtool tsdb
 * create-blocks-from openmetrics` turns into the past of a Prometheus. All samples of a family must stand together.
 */
export class History {
  readonly #families = new Map<string, { readonly head: string; readonly samples: string[] }>();

  /**
   * @param text in text format 0.0.4; the process's own figures, which tell nothing of a moved clock, are left out
   * @param at milliseconds since 1970
   */
  take(text: string, at: number): void {
    const moment = ` ${Math.round(at / 1000)}\n`;
    let head = '';
    let samples: string[] | undefined;
    for (const line of text.split('\n')) {
      if (line.startsWith('# HELP ')) head = line;
      else if (line.startsWith('# TYPE ')) samples = this.#family(head, line);
      else if (line !== '') samples?.push(asScraped(line) + moment);
    }
  }

  /** @throws the system's error */
  write(file: string): void {
    const handle = openSync(file, 'w');
    try {
      for (const { head, samples } of this.#families.values()) writeSync(handle, `${head}\n${samples.join('')}`);
      writeSync(handle, '# EOF\n');
    } finally {
      closeSync(handle);
    }
  }

  #family(help: string, type: string): string[] | undefined {
    const [, , name = '', kind] = type.split(' ');
    if (!name.startsWith('waarborg_') || kind !== 'gauge') return undefined;
    const known = this.#families.get(name);
    if (known !== undefined) return known.samples;
    const family = { head: `${type}\n${help}`, samples: [] };
    this.#families.set(name, family);
    return family.samples;
  }
}

function asScraped(sample: string): string {
  const [name = ''] = /^\w+/.exec(sample) ?? [];
  const rest = sample.slice(name.length);
  return rest.startsWith('{') ? `${name}{${scraped},${rest.slice(1)}` : `${name}{${scraped}}${rest}`;
}
