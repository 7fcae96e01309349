import type { Outcome } from '../../../policies/checks/http-restriction/facts.ts';

/** Requests below an upload folder that a server may take for scripts: usual endings, and a script behind a picture. */
export const scriptFiles = ['x.php', 'x.phtml', 'x.phar', 'x.php.jpg', 'x.jpg/x.php'] as const;

export type Does = Pick<Outcome, 'does' | 'by'>;

/** A regular expression of PCRE as JavaScript has it; undefined where it cannot be told. */
export function patternOf(source: string, flags = ''): RegExp | undefined {
  const [, inline = '', rest = source] = /^\(\?(i)\)([\s\S]*)$/.exec(source) ?? [];
  try {
    return new RegExp(rest, `${flags}${flags.includes('i') ? '' : inline}`);
  } catch {
    return undefined;
  }
}

/** The part of a path that lies below a folder, with its slash; undefined where it does not. */
export function below(folder: string, path: string): string | undefined {
  const base = folder.replace(/\/+$/, '');
  if (path === base) return '';
  return path.startsWith(`${base}/`) ? path.slice(base.length) : undefined;
}

/** The file that `x.jpg/x.php` asks for: what stands behind it is told to the script (PATH_INFO). */
export function fileOf(asked: string): string {
  return asked.split('/')[0] ?? '';
}
