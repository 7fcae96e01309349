/** An element, with what is directly in it. */
export interface Element {
  readonly name: string;
  readonly attributes: ReadonlyMap<string, string>;
  readonly children: readonly Element[];
}

/** What was sent is no XML that is read here. */
export class XmlError extends Error {
  readonly code = 'xml';
}

/** So deep elements may lie in each other. */
const maximumDepth = 64;
/** So many elements there may be. */
const maximumElements = 200_000;

interface Open {
  readonly name: string;
  readonly attributes: ReadonlyMap<string, string>;
  readonly children: Element[];
}

/**
 * Reads XML 1.0 as test reports have it: elements, attributes, text (which is passed over), comments, CDATA. A DOCTYPE is
 * refused whole, and with it entities of its own and whatever they lead to.
 * @throws XmlError
 */
export function parseXml(text: string): Element {
  const root: Open = { name: '', attributes: new Map(), children: [] };
  const open: Open[] = [root];
  let count = 0;
  let at = 0;
  while (at < text.length) {
    const begin = text.indexOf('<', at);
    const between = text.slice(at, begin === -1 ? text.length : begin);
    assertText(between, open.length);
    if (begin === -1) break;
    const token = tokenAt(text, begin);
    at = begin + token.length;
    if (token.kind === 'passed') continue;
    if (token.kind === 'end') close(open, token.name);
    else {
      count += 1;
      if (open.length > maximumDepth || count > maximumElements) throw new XmlError('too deep, or too many elements');
      const element: Open = { name: token.name, attributes: token.attributes, children: [] };
      open.at(-1)?.children.push(element);
      if (!token.isEmpty) open.push(element);
    }
  }
  const [only, ...more] = root.children;
  if (open.length === 1 && only !== undefined && more.length === 0) return only;
  throw new XmlError(open.length > 1 ? `<${open.at(-1)?.name ?? ''}> is not closed` : 'expected one root element');
}

function close(open: Open[], name: string): void {
  const last = open.length > 1 ? open.pop() : undefined;
  if (last?.name !== name) throw new XmlError(`</${name}> closes nothing that is open`);
}

function assertText(text: string, depth: number): void {
  if (depth === 1 && text.replace(/^\uFEFF/, '').trim() !== '') throw new XmlError('text outside of the root element');
  if (!/&(?!(?:amp|lt|gt|quot|apos|#\d{1,7}|#x[0-9a-fA-F]{1,6});)/.test(text)) return;
  throw new XmlError('an entity that XML itself does not know');
}

type Token =
  | { readonly kind: 'passed'; readonly length: number }
  | { readonly kind: 'end'; readonly length: number; readonly name: string }
  | {
      readonly kind: 'begin';
      readonly length: number;
      readonly name: string;
      readonly attributes: ReadonlyMap<string, string>;
      readonly isEmpty: boolean;
    };

/** What is passed over, by how it begins and ends. */
const passed = [
  ['<?', '?>'],
  ['<!--', '-->'],
  ['<![CDATA[', ']]>'],
] as const;

function tokenAt(text: string, begin: number): Token {
  for (const [from, to] of passed) {
    if (!text.startsWith(from, begin)) continue;
    const end = text.indexOf(to, begin + from.length);
    if (end === -1) throw new XmlError(`${from} has no end`);
    return { kind: 'passed', length: end + to.length - begin };
  }
  if (text.startsWith('<!', begin)) throw new XmlError('a DOCTYPE is not read: send the report without it');
  const endTag = sticky(/<\/([A-Za-z_][\w.:-]*)\s*>/y, text, begin);
  if (endTag !== undefined) return { kind: 'end', length: endTag[0].length, name: endTag[1] ?? '' };
  return beginTag(text, begin);
}

function beginTag(text: string, begin: number): Token {
  const name = sticky(/<([A-Za-z_][\w.:-]*)/y, text, begin);
  if (name === undefined) throw new XmlError(`"${text.slice(begin, begin + 20)}" is no tag`);
  const attributes = new Map<string, string>();
  let at = begin + name[0].length;
  for (;;) {
    const attribute = sticky(/\s+([A-Za-z_][\w.:-]*)\s*=\s*(?:"([^"<]*)"|'([^'<]*)')/y, text, at);
    if (attribute === undefined) break;
    const [whole, key = '', double, single = ''] = attribute;
    if (attributes.has(key)) throw new XmlError(`the attribute ${key} stands twice in <${name[1] ?? ''}>`);
    const value = double ?? single;
    assertText(value, 2);
    attributes.set(key, value);
    at += whole.length;
  }
  const end = sticky(/\s*(\/?)>/y, text, at);
  if (end === undefined) throw new XmlError(`<${name[1] ?? ''}> is no whole tag`);
  const length = at + end[0].length - begin;
  return { kind: 'begin', length, name: name[1] ?? '', attributes, isEmpty: end[1] === '/' };
}

function sticky(pattern: RegExp, text: string, at: number): RegExpExecArray | undefined {
  pattern.lastIndex = at;
  return pattern.exec(text) ?? undefined;
}
