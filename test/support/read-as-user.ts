/** Prints what a local host reads of a file, for tests that run it as an ordinary user. */
import { LocalHost } from '../../agent/host/local.ts';

process.stdout.write(JSON.stringify(await new LocalHost().readText(process.argv[2] ?? '')));
