/** Quick questions about JSON, for what is parsed so often that a schema takes too long. */

/** Just these members, in this order. */
export function hasMembers<Name extends string>(json: unknown, names: readonly Name[]): json is Record<Name, unknown> {
  if (!isObject(json)) return false;
  const found = Object.keys(json);
  return found.length === names.length && names.every((name, index) => found[index] === name);
}

export function isObject(json: unknown): json is Record<string, unknown> {
  return typeof json === 'object' && json !== null && !Array.isArray(json);
}

export function isList(json: unknown, longest: number): json is unknown[] {
  return Array.isArray(json) && json.length <= longest;
}

/** A whole number that is kept exactly. */
export function isCount(json: unknown, least: number): json is number {
  return Number.isSafeInteger(json) && Number(json) >= least;
}

/** @param longest in UTF-16 units, as schemas count */
export function isText(json: unknown, longest: number): json is string {
  return typeof json === 'string' && json.length <= longest;
}
