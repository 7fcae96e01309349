import { encode } from 'uqr';

/** A QR code (ISO/IEC 18004) as rows of modules, true for dark, with the four light ones around it that readers need. */
export function qrModules(text: string): readonly (readonly boolean[])[] {
  return encode(text, { ecc: 'M', border: 4 }).data;
}

/** The same as an SVG path in units of one module. */
export function qrPath(modules: readonly (readonly boolean[])[]): string {
  return modules.flatMap((row, y) => row.map((isDark, x) => (isDark ? `M${x} ${y}h1v1h-1z` : ''))).join('');
}
