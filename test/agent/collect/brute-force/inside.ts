/** Prints the facts of the machine on which it is started: run in namespaces, where only the test's own programs are. */
import { bruteForceCollector } from '../../../../agent/collect/brute-force/index.ts';
import { LocalHost } from '../../../../agent/host/local.ts';
import { collecting } from '../../../support/collecting.ts';

const facts = await bruteForceCollector.collect(collecting(new LocalHost()), {}, [{ protects: ['ssh'] }]);
process.stdout.write(`${JSON.stringify(facts)}\n`);
