/** Asks a service once from within a network namespace: `probe.ts '{"service":…}'` prints the outcome as JSON. */
import { probe } from '../../../agent/availability/probe.ts';
import { AvailabilityTarget } from '../../../agent/availability/settings.ts';
import { LocalVantage } from '../../../agent/host/vantage.ts';

const target = AvailabilityTarget.parse(JSON.parse(process.argv[2] ?? ''));
const outcome = await probe(target, { vantage: new LocalVantage(), signal: AbortSignal.timeout(1000) });
process.stdout.write(JSON.stringify(outcome));
