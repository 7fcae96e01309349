import { globSync } from 'node:fs';

/** What `faketime` itself preloads. */
const [library] = globSync('/usr/lib/*/faketime/libfaketime.so.1');

/**
 * The environment of a program that is to believe it is that moment. The `faketime` command takes a time of the clock on
 * the wall, of which there are two in the hour that summer time ends; an offset is one moment.
 * @param moment ISO 8601
 */
export function fakedClock(moment: string): Record<string, string> {
  const offset = (Date.parse(moment) - Date.now()) / 1000;
  return { LD_PRELOAD: library ?? '', FAKETIME: `${offset < 0 ? '' : '+'}${offset.toFixed(3)}` };
}
