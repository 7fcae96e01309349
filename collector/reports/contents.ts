import {
  HostPart,
  hostPartName,
  ObservationsPart,
  observationsPartName,
  type Statement,
} from '../../evidence/report.ts';
import { parseJson } from '../../evidence/json.ts';
import type { Observation } from '../../policies/observe.ts';
import type { Labels } from '../../policies/schema.ts';
import type { ReportedEvidence } from './evidence.ts';

/** A policy's control, as a key of maps. */
export function controlKey({ policy, control }: { readonly policy: string; readonly control: string }): string {
  return `${policy}\n${control}`;
}

/** What one observations part says; the reports that commit to it share it. */
export interface Content {
  readonly commitment: string;
  /** By `controlKey`; undefined where the part is not there or is none. */
  readonly controls: ReadonlyMap<string, Observation> | undefined;
}

/** The parts that reports speak of, each read once. */
export class Contents {
  readonly #evidence: Pick<ReportedEvidence, 'part'>;
  readonly #contents = new Map<string, Content>();
  readonly #labels = new Map<string, Labels | undefined>();

  constructor(evidence: Pick<ReportedEvidence, 'part'>) {
    this.#evidence = evidence;
  }

  of(statement: Statement): Content {
    const commitment = commitmentTo(observationsPartName, statement);
    const known = this.#contents.get(commitment);
    if (known !== undefined) return known;
    const part = ObservationsPart.safeParse(this.#read(commitment)).data;
    const controls = part && new Map(part.observations.map((observation) => [controlKey(observation), observation]));
    const content = { commitment, controls };
    this.#contents.set(commitment, content);
    return content;
  }

  /** Forgets what no report of the period rests on. */
  forget({ commitment }: Content): void {
    this.#contents.delete(commitment);
  }

  labels(statement: Statement): Labels | undefined {
    const commitment = commitmentTo(hostPartName, statement);
    if (!this.#labels.has(commitment)) {
      this.#labels.set(commitment, HostPart.safeParse(this.#read(commitment)).data?.labels);
    }
    return this.#labels.get(commitment);
  }

  #read(commitment: string): unknown {
    const bytes = this.#evidence.part(commitment);
    return bytes === undefined ? undefined : parseJson(bytes);
  }
}

/** Empty where the report has no such part: there is none of that commitment. */
function commitmentTo(name: string, { body }: Statement): string {
  return body.find((part) => part.name === name)?.commitment ?? '';
}
