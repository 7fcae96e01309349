/** The first lines of an answer in HTTP/1 (RFC 9112). */
export interface Head {
  readonly status: number;
  /** Fields in their order; names in lower case. */
  readonly fields: readonly (readonly [name: string, value: string])[];
}

const maximumFields = 1000;

/**
 * Reads the head of an answer from its first bytes.
 * @returns undefined where more bytes are needed, `other` where it is not HTTP/1
 */
export function parseHead(text: string): Head | 'other' | undefined {
  const begin = 'HTTP/1.';
  if (!text.startsWith(begin.slice(0, text.length))) return 'other';
  const end = /\r?\n\r?\n/.exec(text);
  if (end === null) return undefined;
  const [first = '', ...lines] = text.slice(0, end.index).split(/\r?\n/);
  const status = Number(/^HTTP\/1\.[01] ([1-5]\d\d)(?: |$)/.exec(first)?.[1] ?? Number.NaN);
  if (Number.isNaN(status) || lines.length > maximumFields) return 'other';
  // An interim answer; the one that counts comes after it (RFC 9110 15.2).
  if (status < 200 && status !== 101) return parseHead(text.slice(end.index + end[0].length));
  const fields = lines.flatMap((line) => {
    const match = /^([^\s:]+):[ \t]*(.*?)[ \t]*$/.exec(line);
    return match === null ? [] : [[(match[1] ?? '').toLowerCase(), match[2] ?? ''] as const];
  });
  return { status, fields };
}

export function fieldsOf({ fields }: Head, wanted: string): string[] {
  return fields.filter(([name]) => name === wanted).map(([, value]) => value);
}
