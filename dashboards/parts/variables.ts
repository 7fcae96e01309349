import {
  DatasourceVariableBuilder,
  QueryVariableBuilder,
  TextBoxVariableBuilder,
  VariableRefresh,
  VariableSort,
} from '@grafana/grafana-foundation-sdk/dashboard';
import { words, type Say } from './words.ts';

/** The one that every panel asks. */
export const datasource = { type: 'prometheus', uid: '${datasource}' } as const;

export function datasourceVariable(): DatasourceVariableBuilder {
  return new DatasourceVariableBuilder('datasource').label('Data source').type('prometheus');
}

/** Where links to the collector's pages lead. */
export function collectorVariable(say: Say): TextBoxVariableBuilder {
  const description = {
    en: 'The address of the collector, without a slash at its end: links lead there',
    nl: 'Het adres van de collector, zonder schuine streep aan het eind: daarheen leiden koppelingen',
  };
  return new TextBoxVariableBuilder('collector')
    .label('Collector')
    .description(say(description))
    .defaultValue('http://127.0.0.1:9850');
}

export function hostVariable(say: Say): QueryVariableBuilder {
  return labelVariable('host', 'waarborg_host_last_report_timestamp_seconds').label(say(words.host));
}

export function policyVariable(say: Say): QueryVariableBuilder {
  return labelVariable('policy', 'waarborg_policy_controls').label(say(words.policy));
}

function labelVariable(label: string, metric: string): QueryVariableBuilder {
  const query = `label_values(${metric}, ${label})`;
  return new QueryVariableBuilder(label)
    .datasource(datasource)
    .query({ query, refId: label, qryType: 1, label, metric })
    .definition(query)
    .refresh(VariableRefresh.OnTimeRangeChanged)
    .sort(VariableSort.NaturalAsc);
}
