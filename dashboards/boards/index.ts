import type { Board } from '../parts/board.ts';
import { backupsBoard } from './backups.ts';
import { fleetBoard } from './fleet.ts';
import { hostBoard } from './host.ts';
import { logBoard } from './log.ts';
import { organisationBoard } from './organisation.ts';
import { policyBoard } from './policy.ts';
import { tlsBoard } from './tls.ts';
import { upkeepBoard } from './upkeep.ts';

/** Every dashboard, one line each. */
export const boards: readonly Board[] = [
  fleetBoard,
  policyBoard,
  hostBoard,
  tlsBoard,
  backupsBoard,
  upkeepBoard,
  organisationBoard,
  logBoard,
];
