import { ByteReader } from '../../../evidence/der/bytes.ts';
import { element, elementsOf, optionalElement, tags, type Element } from '../../../evidence/der/elements.ts';

/** A `GeneralName` (RFC 5280 4.2.1.6) as far as constraints are understood. */
export type GeneralName =
  | { readonly form: 'dns'; readonly name: string }
  /** 4 or 16 bytes; in a constraint 8 or 32, the mask behind the address. */
  | { readonly form: 'address'; readonly bytes: Uint8Array }
  /** The relative distinguished names, each as hex of its DER. */
  | { readonly form: 'directory'; readonly relative: readonly string[] }
  /** By its tag: mail addresses, URIs and the like, which no server is asked for. */
  | { readonly form: 'other'; readonly tag: number };

/** RFC 5280 4.2.1.10. */
export interface NameConstraints {
  readonly permitted: readonly GeneralName[];
  readonly excluded: readonly GeneralName[];
}

export function parseGeneralName({ tag, content }: Element): GeneralName {
  switch (tag) {
    case 0x82:
      return { form: 'dns', name: Buffer.from(content).toString('latin1').toLowerCase() };
    case 0x87:
      return { form: 'address', bytes: content };
    case 0xa4: {
      const name = element(new ByteReader(content), tags.sequence);
      return {
        form: 'directory',
        relative: elementsOf(name).map((relative) => Buffer.from(relative.content).toString('hex')),
      };
    }
    default:
      return { form: 'other', tag };
  }
}

/** @throws Malformed */
export function parseNameConstraints(value: Uint8Array): NameConstraints {
  const reader = new ByteReader(element(new ByteReader(value), tags.sequence));
  const permitted = optionalElement(reader, 0xa0);
  const excluded = optionalElement(reader, 0xa1);
  return { permitted: parseSubtrees(permitted), excluded: parseSubtrees(excluded) };
}

/** `GeneralSubtree`: its base; minimum and maximum are never there (RFC 5280 4.2.1.10). */
function parseSubtrees(content: Uint8Array | undefined): GeneralName[] {
  return elementsOf(content ?? new Uint8Array()).flatMap((subtree) =>
    elementsOf(subtree.content).slice(0, 1).map(parseGeneralName),
  );
}

/** Whether every one of the names may stand below an issuer with these constraints. Where in doubt it may not. */
export function allows({ permitted, excluded }: NameConstraints, names: readonly GeneralName[]): boolean {
  return names.every((name) => {
    const ofItsForm = permitted.filter((subtree) => isSameForm(subtree, name));
    if (ofItsForm.length > 0 && !ofItsForm.some((subtree) => isWithin(name, subtree))) return false;
    return !excluded.some((subtree) => isSameForm(subtree, name) && touches(name, subtree));
  });
}

function isSameForm(subtree: GeneralName, name: GeneralName): boolean {
  if (subtree.form === 'other' && name.form === 'other') return subtree.tag === name.tag;
  return subtree.form === name.form;
}

/** Whether everything that the name stands for lies within the subtree. A form that is not understood never does. */
function isWithin(name: GeneralName, subtree: GeneralName): boolean {
  if (name.form === 'dns' && subtree.form === 'dns')
    return isDomainWithin(name.name.replace(/^\*\./, ''), subtree.name);
  if (name.form === 'address' && subtree.form === 'address') return isAddressWithin(name.bytes, subtree.bytes);
  if (name.form === 'directory' && subtree.form === 'directory') {
    return subtree.relative.every((relative, index) => name.relative[index] === relative);
  }
  return false;
}

/** Whether anything that the name stands for may lie within the subtree. */
function touches(name: GeneralName, subtree: GeneralName): boolean {
  if (name.form === 'other') return true;
  if (name.form === 'dns' && subtree.form === 'dns' && name.name.startsWith('*.')) {
    return isWithin(name, subtree) || isDomainWithin(subtree.name, name.name.slice(2));
  }
  // An address of another length than the subtree's is of the other family.
  return isWithin(name, subtree);
}

/** A domain is within itself and within every domain above it; `.example.nl` leaves out the domain itself. */
function isDomainWithin(domain: string, base: string): boolean {
  if (base === '') return true;
  return base.startsWith('.') ? domain.endsWith(base) : domain === base || domain.endsWith(`.${base}`);
}

function isAddressWithin(address: Uint8Array, range: Uint8Array): boolean {
  if (range.length !== address.length * 2) return false;
  return address.every((byte, index) => {
    const mask = range[address.length + index] ?? 0;
    return (byte & mask) === ((range[index] ?? 0) & mask);
  });
}
