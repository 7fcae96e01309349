/** Undefined for what is no JSON. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Objects and lists that stand one behind the other with nothing between them; undefined where one is no JSON. */
export function parseJsonDocuments(text: string): unknown[] | undefined {
  const documents: unknown[] = [];
  let [depth, begin] = [0, 0];
  for (const { 0: token, index } of text.matchAll(/"(?:[^"\\]|\\.)*"|[[\]{}]/g)) {
    if (token === '{' || token === '[') depth++;
    if ((token !== '}' && token !== ']') || --depth > 0) continue;
    const document = parseJson(text.slice(begin, index + 1));
    if (document === undefined) return undefined;
    documents.push(document);
    begin = index + 1;
  }
  return depth === 0 && text.slice(begin).trim() === '' ? documents : undefined;
}
