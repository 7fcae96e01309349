import type { NftSet } from './nft-form.ts';
import { listOf, member, single } from './nft-form.ts';

/** The sets and maps of one table, by name. */
export type Sets = ReadonlyMap<string, NftSet>;

/** Rows of values; `changing`: a set whose members come and go by themselves, or that rules add to. */
export type Values = { readonly rows: string[][] } | 'changing' | undefined;

/** What the right side of a comparison holds, as facts write it; undefined for what is not understood. */
export function valuesOf(right: unknown, sets: Sets): Values {
  if (typeof right === 'string' && right.startsWith('@')) {
    const set = sets.get(right.slice(1));
    if (set === undefined) return undefined;
    const isChanging = listOf(set.flags).some((flag) => flag === 'timeout' || flag === 'dynamic');
    return isChanging ? 'changing' : rowsOf(set.elem ?? []);
  }
  const anonymous = member(right, 'set');
  return rowsOf(anonymous === undefined ? listOf(right) : listOf(anonymous));
}

function rowsOf(elements: readonly unknown[]): Values {
  const rows = elements.map(rowOf);
  return rows.every((row) => row !== undefined) ? { rows } : undefined;
}

/** One element of a set, or one key of a map. */
export function rowOf(element: unknown): string[] | undefined {
  const inner = member(member(element, 'elem'), 'val');
  if (inner !== undefined) return rowOf(inner);
  const concatenated = member(element, 'concat');
  const parts = (concatenated === undefined ? [element] : listOf(concatenated)).map(valueOf);
  return parts.every((part) => part !== undefined) ? parts : undefined;
}

function valueOf(value: unknown): string | undefined {
  if (typeof value === 'string') return value;
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  const [kind, content] = single(value) ?? [];
  if (kind === 'prefix') return `${String(member(content, 'addr'))}/${String(member(content, 'len'))}`;
  if (kind === 'range') {
    const [first, last] = listOf(content).map(valueOf);
    return first === undefined || last === undefined ? undefined : `${first}-${last}`;
  }
  return undefined;
}
