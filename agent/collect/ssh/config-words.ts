/**
 * The words of a line of sshd_config(5), the keyword first; keyword and arguments may be parted by blanks or one `=`, and be
 * quoted. None for a blank line and a comment.
 */
export function wordsOf(line: string): string[] {
  const words: string[] = [];
  for (const [whole, quoted, bare] of line.trim().matchAll(/"([^"]*)"|([^\s"]+)/g)) {
    if (whole.startsWith('#')) break;
    words.push(quoted ?? bare ?? '');
  }
  const [keyword = '', ...rest] = words;
  const split = /^([^=]+)=(.*)$/.exec(keyword);
  if (split !== null) return [split[1] ?? '', split[2] ?? '', ...rest].filter((word) => word !== '');
  const [first = '', ...others] = rest;
  if (first.startsWith('=')) return [keyword, first.slice(1), ...others].filter((word) => word !== '');
  return words;
}
