import { collectDefaultMetrics, Histogram, Registry } from 'prom-client';

/** The collector's own process and its HTTP answers. */
export class ProcessMetrics {
  readonly #registry = new Registry();
  readonly #answers: Histogram<'method' | 'route' | 'status'>;

  constructor() {
    collectDefaultMetrics({ register: this.#registry });
    // Gauges that call themselves totals: promtool rightly objects, and the same figures come by type too.
    for (const kind of ['handles', 'requests', 'resources']) {
      this.#registry.removeSingleMetric(`nodejs_active_${kind}_total`);
    }
    this.#answers = new Histogram({
      name: 'waarborg_http_request_duration_seconds',
      help: 'Time to answer HTTP requests, by route.',
      labelNames: ['method', 'route', 'status'],
      buckets: [0.005, 0.025, 0.1, 0.25, 0.5, 1, 2.5, 10],
      registers: [this.#registry],
    });
  }

  observe(method: string, route: string, status: number, seconds: number): void {
    this.#answers.observe({ method, route, status: String(status) }, seconds);
  }

  render(): Promise<string> {
    return this.#registry.metrics();
  }
}
