import { collectDefaultMetrics, Counter, Histogram, Registry } from 'prom-client';

/** What prom-client keeps beside its own families of the process (`process_*`, `nodejs_*`). docs/metrics.md is made from these. */
export const ownFamilies = {
  waarborg_http_request_duration_seconds: {
    name: 'waarborg_http_request_duration_seconds',
    help: 'Time to answer HTTP requests, by route.',
    labelNames: ['method', 'route', 'status'],
    unit: 'seconds',
  },
  waarborg_http_problems_total: {
    name: 'waarborg_http_problems_total',
    help: 'Requests that were refused or failed, by the code of the problem.',
    labelNames: ['code'],
    unit: 'requests',
  },
} as const;

/** The collector's own process and its HTTP answers. */
export class ProcessMetrics {
  readonly #registry = new Registry();
  readonly #answers: Histogram<'method' | 'route' | 'status'>;
  readonly #problems: Counter<'code'>;

  constructor() {
    collectDefaultMetrics({ register: this.#registry });
    // Gauges that call themselves totals: promtool rightly objects, and the same figures come by type too.
    for (const kind of ['handles', 'requests', 'resources']) {
      this.#registry.removeSingleMetric(`nodejs_active_${kind}_total`);
    }
    this.#answers = new Histogram({
      ...ownFamilies.waarborg_http_request_duration_seconds,
      buckets: [0.005, 0.025, 0.1, 0.25, 0.5, 1, 2.5, 10],
      registers: [this.#registry],
    });
    this.#problems = new Counter({ ...ownFamilies.waarborg_http_problems_total, registers: [this.#registry] });
  }

  observe(method: string, route: string, status: number, seconds: number): void {
    this.#answers.observe({ method, route, status: String(status) }, seconds);
  }

  /** @param code of a problem, of which there are few */
  refuse(code: string): void {
    this.#problems.inc({ code });
  }

  render(): Promise<string> {
    return this.#registry.metrics();
  }
}
