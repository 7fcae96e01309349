import { Gauge, Registry } from 'prom-client';

/** A registry of prom-client with just the series of a text. */
export function registryOf(text: string): { readonly registry: Registry; readonly series: number } {
  const registry = new Registry();
  const gauges = new Map<string, Gauge>();
  let series = 0;
  for (const line of text.split('\n')) {
    const [, name, labels = '', value] = /^(\w+)(?:\{(.*)\})? (\S+)$/.exec(line) ?? [];
    if (name === undefined || line.startsWith('#')) continue;
    const pairs = [...labels.matchAll(/(\w+)="((?:[^"\\]|\\.)*)"/g)].map(
      ([, label = '', text = '']) => [label, text] as const,
    );
    let gauge = gauges.get(name);
    if (gauge === undefined) {
      const labelNames = pairs.map(([label]) => label);
      gauges.set(name, (gauge = new Gauge({ name, help: name, labelNames, registers: [registry] })));
    }
    gauge.set(Object.fromEntries(pairs), Number(value));
    series += 1;
  }
  return { registry, series };
}
