import { z } from 'zod';
import {
  maximumAccounts,
  maximumPoints,
  maximumPointsOfAccounts,
  maximumPointsPerAccount,
} from '../../../policies/checks/backup/facts.ts';
import { AbsolutePath } from './reader.ts';

/** Any offset will do, and none will not: a moment without one means another moment on another host. */
const Moment = z.iso
  .datetime({ offset: true })
  .transform((moment) => new Date(moment).toISOString())
  .describe('ISO 8601 with an offset or Z');

const Point = z
  .strictObject({
    time: Moment.describe('the moment the copy shows, ISO 8601 with an offset or Z'),
    endedAt: Moment.optional().describe('when it was finished'),
    verifiedAt: Moment.optional().describe('when its verification last went well'),
    size: z.int().min(0).optional().describe('bytes'),
    paths: z.array(AbsolutePath).max(1000).optional().describe('what it holds, needed where agent.yaml sets paths'),
    kind: z.enum(['full', 'differential', 'incremental']).optional(),
    flaw: z.enum(['unfinished', 'failed', 'corrupt', 'broken-chain']).optional().describe('why it is no good copy'),
    id: z.string().min(1).max(64).optional().describe("the tool's own name of it"),
  })
  .describe('one copy that lies there');
export type ListedPoint = z.output<typeof Point>;

const Account = z.strictObject({
  account: z.string().min(1).max(255),
  points: z.array(Point).max(maximumPointsPerAccount),
});

const heading = {
  format: z.literal('waarborg-backup-points'),
  version: z.literal(1),
  writtenAt: Moment.describe('when the copies were looked at, ISO 8601 with an offset or Z'),
  server: z.string().min(1).max(255).optional().describe('the server on which the copies lie'),
  folder: AbsolutePath.optional().describe('instead: the folder of this host in which they lie'),
  encrypted: z.boolean().optional().describe('whether the copies themselves are encrypted'),
};

/** The document `waarborg-backup-points`, version 1 (docs/formats/backup-points.md): a list of copies that any program can write. */
export const PointsDocument = z
  .union([
    z.strictObject({ ...heading, points: z.array(Point).max(maximumPoints) }),
    z.strictObject({
      ...heading,
      accounts: z
        .array(Account)
        .max(maximumAccounts)
        .refine((accounts) => new Set(accounts.map(({ account }) => account)).size === accounts.length, {
          error: 'expected each account once',
        })
        .refine((accounts) => accounts.reduce((sum, { points }) => sum + points.length, 0) <= maximumPointsOfAccounts, {
          error: `expected at most ${maximumPointsOfAccounts} points`,
        })
        .describe('every account that is to have copies, those without any with an empty list'),
    }),
  ])
  .refine(({ server, folder }) => server === undefined || folder === undefined, {
    error: 'expected either server or folder',
  });
export type PointsDocument = z.output<typeof PointsDocument>;

/** As JSON Schema, for those who write such documents. */
export function pointsDocumentSchema(): unknown {
  return z.toJSONSchema(PointsDocument, { io: 'input' });
}
