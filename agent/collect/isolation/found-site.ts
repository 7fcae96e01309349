import type { Runner } from '../../../policies/checks/isolation/facts.ts';

/** One virtual host of a web server, before hosts of one folder are taken together. Users are named as it names them. */
export interface FoundSite {
  readonly software: 'nginx' | 'Apache';
  readonly names: readonly string[];
  /** Undefined where it serves no files of its own, or what was read does not tell where they lie. */
  readonly folder: string | undefined;
  /** False where it serves files of a folder that cannot be told. */
  readonly isPlain: boolean;
  readonly runners: readonly Runner[];
}
