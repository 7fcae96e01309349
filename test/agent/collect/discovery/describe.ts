import type { ConfigurationReader, Place } from '../../../../agent/collect/discovery/place.ts';
import type { Host } from '../../../../agent/host/host.ts';
import { collecting } from '../../../support/collecting.ts';

/** A place as one line: where, how it speaks, whether it is the default, names, patterns, files. */
export function describePlace({ address, port, tls, names, patterns, isDefault, certificateFiles }: Place): string {
  const marks = [isDefault ? 'default' : '', ...names, ...patterns, ...certificateFiles].filter((mark) => mark !== '');
  return [`${address}:${port}`, tls, ...marks].join(' ');
}

/** What a reader finds on a host: the places, the obstacle's code, or undefined where its software is not there. */
export async function readPlaces(reader: ConfigurationReader, host: Host): Promise<string[] | string | undefined> {
  const found = await reader.read(collecting(host));
  if (found === undefined) return undefined;
  return found.state === 'read' ? found.value.map(describePlace) : found.obstacle.code;
}
