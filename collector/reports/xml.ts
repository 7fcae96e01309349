/**
 * Text for XML 1.0, in elements and in attributes in quotes. What it has no place for, escaped or not (control
 * characters, U+FFFE and U+FFFF), is replaced.
 */
export function escapeXml(text: string): string {
  const printable = text.replace(/[^\P{Cc}\n\t]|[\uFFFE\uFFFF]/gu, '\uFFFD');
  return printable.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;').replace(/"/g, '&quot;');
}
