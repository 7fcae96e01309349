import { parsePolicy, type Policy } from '../../policies/load.ts';

/** What matters of a control where its words do not. */
export interface PlainControl {
  readonly check: string;
  readonly with?: object;
}

/**
 * The text of a document for a test that judges and shows no words: JSON, which is YAML too. Each control is called
 * after its id, in both languages.
 */
export function plainPolicyText(policy: string, controls: Readonly<Record<string, PlainControl>>): string {
  const words = (text: string) => ({ nl: text, en: text });
  const entries = Object.entries(controls).map(([id, control]) => ({
    ...{ id, clause: '1', title: words(id), promise: words(`${id}.`), remedy: words(`${id}.`) },
    ...{ severity: 'warning', maps: {}, ...control },
  }));
  const source = { document: 'Test', publisher: 'Test', dated: '2026-01-01' };
  return `${JSON.stringify({ policy, version: 1, title: words(policy), source, controls: entries }, null, 2)}\n`;
}

/** The same document, as it is read. */
export function plainPolicy(policy: string, controls: Readonly<Record<string, PlainControl>>): Policy {
  return parsePolicy(plainPolicyText(policy, controls), `${policy}.yaml`);
}
