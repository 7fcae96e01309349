import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { checkKind, checkKinds } from './checks/index.ts';
import { readCompiled } from './compiled.ts';
import { PolicyDocument, type Control } from './schema.ts';
import { shippedNames, shippedText } from './shipped.ts';
import { DocumentError, parseYaml, readDocument, type Issue, type YamlDocument } from './yaml.ts';

/** A policy document as it was read: the digest names these very bytes, in reports and in the log. */
export interface Policy extends PolicyDocument {
  /** SHA-256 of the text, in hex. */
  readonly digest: string;
  readonly text: string;
}

/** The names of the documents that come with Waarborg. */
export function shippedPolicies(): string[] {
  return shippedNames('policies')
    .filter((file) => file.endsWith('.yaml'))
    .map((file) => file.slice(0, -'.yaml'.length));
}

/**
 * @param reference the name of a shipped document, or a path
 * @throws DocumentError
 */
export function loadPolicy(reference: string): Policy {
  if (/^[a-z][a-z0-9-]*$/.test(reference)) {
    const file = `policies/${reference}.yaml`;
    const text = shippedText(file);
    if (text !== undefined) return compiledPolicy(text, readCompiled(file, digestOf(text), shippedText), file);
    if (!existsSync(reference)) throw noSuchDocument(reference);
  }
  const text = readDocument(reference);
  return compiledPolicy(text, readCompiled(reference, digestOf(text)), reference);
}

/**
 * The documents that one host is judged by.
 * @param references as for `loadPolicy`
 * @throws DocumentError, also where two documents have one name: a report could not tell their controls apart
 */
export function loadPolicies(references: readonly string[]): Policy[] {
  const files = new Map<string, string>();
  return references.map((reference) => {
    const policy = loadPolicy(reference);
    const other = files.get(policy.policy);
    if (other !== undefined) {
      const message = `${policy.policy} is also the name of the document ${other}; expected each policy once`;
      throw new DocumentError('document.invalid', [{ file: reference, line: 0, column: 0, path: 'policy', message }]);
    }
    files.set(policy.policy, reference);
    return policy;
  });
}

/**
 * @param name what to call the document in messages
 * @throws DocumentError
 */
export function parsePolicy(text: string, name: string): Policy {
  return policyOf(parseYaml(text, name));
}

/** @param compiled what was kept of a document that was found sound when the program was bundled; undefined where nothing was */
function compiledPolicy(text: string, compiled: unknown, name: string): Policy {
  const parsed = PolicyDocument.safeParse(compiled).data;
  return parsed === undefined ? parsePolicy(text, name) : { ...parsed, digest: digestOf(text), text };
}

function noSuchDocument(reference: string): DocumentError {
  const message = `no such file, and no such document comes with Waarborg; expected a path, or one of ${shippedPolicies().join(', ')}`;
  return new DocumentError('document.unreadable', [{ file: reference, line: 0, column: 0, path: '', message }]);
}

function digestOf(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

function policyOf(document: YamlDocument): Policy {
  const parsed = PolicyDocument.safeParse(document.value);
  if (!parsed.success) throw document.invalid(parsed.error.issues);
  const issues = [...repeatedIds(parsed.data.controls), ...parsed.data.controls.flatMap(checkIssues)];
  if (issues.length > 0) throw document.invalid(issues);
  return { ...parsed.data, digest: digestOf(document.text), text: document.text };
}

function repeatedIds(controls: readonly Control[]): Issue[] {
  const seen = new Set<string>();
  return controls.flatMap(({ id }, index) => {
    if (!seen.has(id)) {
      seen.add(id);
      return [];
    }
    return [{ path: ['controls', index, 'id'], message: `${id} stands here a second time; expected each id once` }];
  });
}

function checkIssues(control: Control, index: number): Issue[] {
  const kind = checkKind(control.check);
  if (kind === undefined) {
    const known = checkKinds.map(({ name }) => name).join(', ');
    return [
      { path: ['controls', index, 'check'], message: `unknown check kind ${control.check}; expected one of ${known}` },
    ];
  }
  const parameters = kind.parameters.safeParse(control.with);
  if (parameters.success) return [];
  return parameters.error.issues.map((issue) => ({ ...issue, path: ['controls', index, 'with', ...issue.path] }));
}
