import type { z } from 'zod';
import { backup } from '../../../../policies/checks/backup.ts';
import type { BackupSet } from '../../../../policies/checks/backup/facts.ts';
import type { Parameters } from '../../../../policies/checks/backup/parameters.ts';
import { read } from '../../../../policies/reading.ts';
import type { Reason } from '../../../../policies/reasons.ts';
import { worstVerdict } from '../../../../policies/verdict.ts';

export type Asked = z.input<typeof Parameters>;

/** A set on another server, encrypted, of which nothing else is said. */
export function setOf(points: BackupSet['points'], more: Partial<BackupSet> = {}): BackupSet {
  return {
    set: 'www',
    purpose: 'system',
    tool: 'restic',
    timeZone: 'UTC',
    requiredPaths: [],
    location: { kind: 'remote', server: 'nas.example.nl' },
    encrypted: 'yes',
    points,
    ...more,
  };
}

export function judge(set: BackupSet, asked: Asked, at: Date): Reason[] {
  return backup.judge(read({ hostname: 'web1', sets: [set] }), asked, at);
}

export function verdict(set: BackupSet, asked: Asked, at: Date): string {
  return worstVerdict(judge(set, asked, at).map((reason) => reason.verdict));
}

export function codes(reasons: readonly Reason[]): string[] {
  return reasons.map(({ code }) => code);
}
