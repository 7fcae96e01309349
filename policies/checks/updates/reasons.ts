import { reasonsFrom, type Catalogue } from '../../reasons.ts';
import { automaticReasons } from './reasons/automatic.ts';
import { listsReasons } from './reasons/lists.ts';
import { outdatedReasons } from './reasons/outdated.ts';
import { rebootReasons } from './reasons/reboot.ts';
import { repositoryReasons } from './reasons/repositories.ts';
import { supportReasons } from './reasons/support.ts';
import { waitingReasons } from './reasons/waiting.ts';
import { windowReasons } from './reasons/window.ts';

/** Every reason of the kind; each part has its own file. */
export const reasons = {
  ...listsReasons,
  ...repositoryReasons,
  ...supportReasons,
  ...waitingReasons,
  ...rebootReasons,
  ...outdatedReasons,
  ...automaticReasons,
  ...windowReasons,
} as const satisfies Catalogue;

export const because = reasonsFrom(reasons);
