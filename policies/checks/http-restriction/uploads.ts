import { obstacleReason } from '../../reading.ts';
import type { Reason } from '../../reasons.ts';
import type { HttpRestrictionFacts, Outcome, Upload } from './facts.ts';
import { because } from './reasons.ts';

/** Whether files that visitors bring are executed. */
export function judgeUploads({ uploads, declared }: HttpRestrictionFacts): Reason[] {
  if (uploads.state === 'unreadable') return [obstacleReason(uploads.obstacle)];
  const { folders, left } = uploads.value;
  const reasons = folders.flatMap(judgeUpload);
  if (left > 0) reasons.push(because('http-restriction.uploads-left', { count: left }));
  if (reasons.length > 0) return reasons;
  return [because(declared.hasUploadFolders ? 'http-restriction.uploads-none' : 'http-restriction.no-uploads', {})];
}

function judgeUpload({ folder, served, probe }: Upload): Reason[] {
  const probed = probe === null ? [] : judgeProbe(probe, folder);
  if (probed.some(({ verdict }) => verdict === 'fail')) return probed;
  const isRefused = probed.some(({ code }) => code === 'http-restriction.upload-refused');
  if (served.length === 0 && !isRefused) {
    return [...probed, because('http-restriction.upload-not-served', {}, folder)];
  }
  return [...served.flatMap((site) => judgeServed(site, folder, isRefused)), ...probed];
}

/** A server that says 404 to a script and to a text says nothing: it may have looked for the file before it asked PHP. */
function judgeProbe(probe: NonNullable<Upload['probe']>, folder: string): Reason[] {
  if (probe.state === 'unreadable') return [obstacleReason(probe.obstacle, folder)];
  const { script, other, fromPhp } = probe.value;
  if (fromPhp) return [because('http-restriction.upload-reaches-php', {}, folder)];
  if (script !== 403 || other === 403) return [];
  return [because('http-restriction.upload-refused', { script, other }, folder)];
}

type Served = Upload['served'][number];

function judgeServed(
  { software, site, outcomes, honoursHtaccess }: Served,
  folder: string,
  isRefused: boolean,
): Reason[] {
  const values = ({ file, by }: Outcome) => ({ software, site, file, by });
  const executed = outcomes.find(({ does }) => does === 'executes');
  if (executed !== undefined) return [because('http-restriction.upload-executes', values(executed), folder)];
  const unclear = outcomes.find(({ does }) => does === 'unclear' || does === 'passed-on');
  if (unclear !== undefined) {
    return isRefused ? [] : [because('http-restriction.upload-unclear', values(unclear), folder)];
  }
  const by = [...new Set(outcomes.map((outcome) => outcome.by))].join('; ').slice(0, 500);
  const code = honoursHtaccess ? 'http-restriction.upload-htaccess' : 'http-restriction.upload-safe';
  return [because(code, { software, site, by }, folder)];
}
