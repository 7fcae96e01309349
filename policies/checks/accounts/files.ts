import { obstacleReason, type Reading } from '../../reading.ts';
import type { Reason } from '../../reasons.ts';
import type { PrivilegedFile } from './facts.ts';
import { because } from './reasons.ts';

/** Programs that give rights of their own came with a package: one that did not was put there. */
export function judgeFiles(files: Reading<PrivilegedFile[]> | null): Reason[] {
  if (files === null) return [because('accounts.files-not-looked', {})];
  if (files.state === 'unreadable') return [obstacleReason(files.obstacle)];
  const found = files.value.flatMap(({ path, has, package: origin }): Reason[] => {
    if (origin === undefined) return [];
    if (origin.state === 'unreadable') return [obstacleReason(origin.obstacle, path)];
    return origin.value === null ? [because('accounts.file-foreign', { path, has })] : [];
  });
  return found.length > 0 ? found : [because('accounts.files-known', { files: files.value.length })];
}
