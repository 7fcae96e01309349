/** An element of an answer of S3: text, or elements. */
export interface Element {
  readonly name: string;
  readonly text: string;
  readonly children: readonly Element[];
}

interface OpenElement {
  readonly name: string;
  text: string;
  readonly children: Element[];
}

const maximumDepth = 16;

/** A tag with its name and, of attributes, what S3 writes: name spaces. Text holds no `<` and no bare `&`. */
const token =
  /<(?<close>\/)?(?<name>[A-Za-z][A-Za-z0-9]*)(?<attributes>(?:\s+(?:xmlns|xsi)(?::[a-z]+)?="[^"<&]*")*)\s*(?<empty>\/)?>|(?<text>(?:[^<&]|&(?:amp|lt|gt|quot|apos|#\d{1,7}|#x[0-9A-Fa-f]{1,6});)+)/gy;

const entities: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };

/**
 * Reads the XML that S3 answers with, which is a small part of XML: elements, text and the five entities.
 * @returns undefined where it is anything else, a DOCTYPE, a comment or a CDATA section included
 */
export function parseS3Xml(xml: string): Element | undefined {
  const body = xml.replace(/^\uFEFF?<\?xml\s[^<>]*\?>/, '').trim();
  const root: OpenElement = { name: '', text: '', children: [] };
  const open: OpenElement[] = [root];
  token.lastIndex = 0;
  while (token.lastIndex < body.length) {
    const { close, name, empty, text, attributes } = token.exec(body)?.groups ?? {};
    const top = open.at(-1);
    if (top === undefined) return undefined;
    if (text !== undefined) {
      top.text += decoded(text);
    } else if (name === undefined) {
      return undefined;
    } else if (close !== undefined) {
      if (top.name !== name || open.length === 1 || empty !== undefined || attributes !== '') return undefined;
      open.pop();
    } else {
      const element: OpenElement = { name, text: '', children: [] };
      top.children.push(element);
      if (empty === undefined) open.push(element);
      if (open.length > maximumDepth) return undefined;
    }
  }
  const [first, ...others] = root.children;
  return open.length === 1 && others.length === 0 && root.text.trim() === '' ? first : undefined;
}

function decoded(text: string): string {
  return text.replace(/&([^;]+);/g, (whole, entity: string) => {
    if (!entity.startsWith('#')) return entities[entity] ?? whole;
    const code = entity.startsWith('#x') ? Number.parseInt(entity.slice(2), 16) : Number(entity.slice(1));
    return code <= 0x10ffff ? String.fromCodePoint(code) : '\uFFFD';
  });
}
