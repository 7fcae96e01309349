import { accessExamples } from './access.ts';
import { backupExample } from './backup.ts';
import type { Example } from './example.ts';
import { machineExamples } from './machine.ts';
import { networkExamples } from './network.ts';
import { peopleExamples } from './people.ts';
import { simulatedExamples } from './simulated.ts';
import { webExamples } from './web.ts';

/** Of each check kind that a document asks for. */
export const examples: readonly Example[] = [
  ...accessExamples,
  backupExample,
  ...machineExamples,
  ...networkExamples,
  ...peopleExamples,
  ...simulatedExamples,
  ...webExamples,
];
