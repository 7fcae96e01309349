/** Prints what the check kind `unreachable` finds from where this runs. Argument: its settings as JSON. */
import { unreachableCollector } from '../../../agent/collect/unreachable.ts';
import { LocalHost } from '../../../agent/host/local.ts';
import { collecting } from '../collecting.ts';

const settings: unknown = JSON.parse(process.argv[2] ?? '{}');
const facts = await unreachableCollector.collect(collecting(new LocalHost()), settings, []);
process.stdout.write(JSON.stringify(facts));
