import { z } from 'zod';
import { hostNameSource, labels, LabelsParameters, type LabelsFacts } from '../../policies/checks/labels.ts';
import { isHint } from '../../policies/checks/labels/hints.ts';
import { read, unreadable, type Reading } from '../../policies/reading.ts';
import { defineCollector } from './collector.ts';
import { readConfigurations } from './discovery/index.ts';
import { endpointSettings } from './endpoint-settings.ts';
import { withoutWords } from './tool-failure.ts';

type Source = LabelsFacts['sources'][number];

const maximumNames = 1000;

/** What serves sites by their names. */
const webServers = ['Apache', 'Caddy', 'HAProxy', 'nginx'];

/** The labels of this host, and the names in which a word tells of test or development. */
export const labelsCollector = defineCollector({
  kind: labels.name,
  settings: z.object(endpointSettings),
  parameters: LabelsParameters,
  async collect(context, { endpoints }, wanted): Promise<LabelsFacts> {
    const hints = [...new Set(wanted.flatMap((control) => control.hints))].sort();
    const told = (source: string, names: Iterable<string>): Source => ({ source, names: hinted(names, hints) });
    const configured = await readConfigurations(context);
    const servers = configured.flatMap(({ reader, places }): Source[] => {
      if (places === undefined || !webServers.includes(reader.software)) return [];
      const source = reader.software;
      if (places.state === 'unreadable') return [{ source, names: withoutWords(places.obstacle) }];
      return [told(source, new Set(places.value.flatMap(({ names, patterns }) => [...names, ...patterns])))];
    });
    const declared = new Set(endpoints.flatMap(({ names }) => names));
    const all = [told(hostNameSource, [context.host.hostname]), told('agent.yaml', declared), ...servers];
    return {
      labels: Object.entries(context.labels)
        .map(([name, value]) => ({ name, value }))
        .sort((a, b) => (a.name < b.name ? -1 : 1)),
      hints,
      sources: all.sort((a, b) => (a.source < b.source ? -1 : 1)),
    };
  },
});

function hinted(names: Iterable<string>, hints: readonly string[]): Reading<string[]> {
  const found = [...names].filter((name) => name.length <= 253 && isHint(name, hints)).sort();
  return found.length > maximumNames ? unreadable('too-large', 'names of test and development') : read(found);
}
