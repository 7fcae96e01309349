import { onAdministration } from './administration.ts';
import type { Attack } from './attack.ts';
import { onFilesOfBundle } from './files.ts';
import { onHead } from './head.ts';
import { onLog } from './history.ts';
import { onLogKeys } from './log-keys.ts';
import { onPeople } from './people.ts';
import { onReports } from './reports.ts';
import { onScopes } from './scope.ts';
import { onSilence } from './silence.ts';
import { onTimestamps } from './timestamps.ts';
import { onWitnesses } from './witnesses.ts';

/** Every attack that the verifier is held against. */
export const attacks: readonly Attack[] = [
  ...onHead,
  ...onFilesOfBundle,
  ...onLog,
  ...onLogKeys,
  ...onReports,
  ...onScopes,
  ...onAdministration,
  ...onPeople,
  ...onSilence,
  ...onTimestamps,
  ...onWitnesses,
];
