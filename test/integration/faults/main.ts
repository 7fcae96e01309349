/**
 * Injects every fault at every call by which a collector puts something on disk, and prints the figure:
 * `npm run faults`. The test suite takes a sample of the same.
 */
import { temporaryFolder } from '../../support/tools.ts';
import { casesOf, countCalls, prepare, runCases, sumUp } from './injected.ts';

using folder = temporaryFolder();
const scene = await prepare(folder.path);
const counts = await countCalls(scene);
process.stdout.write(`${JSON.stringify(counts)}\n`);
const outcomes = await runCases(scene, casesOf(counts), ({ case: { call, fault, when }, end, wrong }) => {
  for (const what of wrong) process.stdout.write(`${call} ${fault} ${when} (ended with ${end}): ${what}\n`);
});
process.stdout.write(`${sumUp(outcomes)}\n`);
process.exitCode = outcomes.some(({ wrong }) => wrong.length > 0) ? 1 : 0;
