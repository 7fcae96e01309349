import type { MessageReader } from './dialogue.ts';

/** One line, without its end. Both CRLF and a bare LF end it: servers that are careless about it are understood too. */
export const line: MessageReader<string> = (bytes) => {
  const end = bytes.indexOf(0x0a);
  if (end === -1) return undefined;
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, end).toString('latin1');
  return { message: text.endsWith('\r') ? text.slice(0, -1) : text, length: end + 1 };
};

/** Lines up to and with the first for which `isLast` says so. */
export function linesUntil(isLast: (text: string, before: readonly string[]) => boolean): MessageReader<string[]> {
  return (bytes) => {
    const lines: string[] = [];
    let length = 0;
    for (;;) {
      const next = line(bytes.subarray(length));
      if (next === undefined) return undefined;
      length += next.length;
      const last = isLast(next.message, lines);
      lines.push(next.message);
      if (last) return { message: lines, length };
    }
  };
}

/** A reply of the family of SMTP and FTP. */
export interface NumberedReply {
  /** Of its last line; undefined where it is no such reply. */
  readonly code: string | undefined;
  /** The text of each line, without code. */
  readonly texts: readonly string[];
}

const numbered = /^([0-9]{3})(?:([ -])(.*))?$/;

/**
 * A reply of one or more lines (RFC 5321 4.2.1): `250-` goes on, `250 ` or a bare `250` ends. The code of the last line
 * counts. A line of another form ends it as well, and makes it none.
 */
export const smtpReply: MessageReader<NumberedReply> = repliesThat((text) => numbered.exec(text)?.[2] !== '-');

/** The same in FTP (RFC 959 4.2), where lines between the first and the one with the first's code may have any form. */
export const ftpReply: MessageReader<NumberedReply> = repliesThat((text, [first = text]) => {
  const opening = numbered.exec(first);
  if (opening?.[2] !== '-') return true;
  return text !== first && new RegExp(`^${opening[1] ?? ''}( |$)`).test(text);
});

function repliesThat(isLast: (text: string, before: readonly string[]) => boolean): MessageReader<NumberedReply> {
  const lines = linesUntil(isLast);
  return (bytes) => {
    const found = lines(bytes);
    if (found === undefined) return undefined;
    const last = found.message.at(-1) ?? '';
    const texts = found.message.map((text) => numbered.exec(text)?.[3] ?? text);
    return { message: { code: numbered.exec(last)?.[1], texts }, length: found.length };
  };
}
