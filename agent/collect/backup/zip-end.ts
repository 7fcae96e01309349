/** Bytes from the end of a zip file in which the record that ends it begins: 22 and a comment of at most 65,535. */
export const zipEnd = 22 + 65_535;

/** Where sizes are too large for their fields they hold this, and a further record has them (zip64). */
const elsewhere = 0xffff_ffff;

/**
 * Whether a zip file ends as it must: with its directory and the record that says where that lies, up to the last byte
 * (APPNOTE.TXT 4.3.16). A file that was cut short, or to which something was added, does not. Its members' content is not read.
 * @param tail the last `zipEnd` bytes
 * @param size bytes of the whole file
 */
export function isWholeZip(tail: Uint8Array, size: number): boolean {
  const end = endRecord(tail);
  if (end === undefined) return false;
  if (end.directorySize === elsewhere || end.directoryOffset === elsewhere) return true;
  return end.directoryOffset + end.directorySize === size - tail.length + end.at;
}

export function isEmptyZip(tail: Uint8Array): boolean {
  return endRecord(tail)?.entries === 0;
}

interface EndRecord {
  /** Where it begins in the tail. */
  readonly at: number;
  readonly entries: number;
  /** Bytes. */
  readonly directorySize: number;
  readonly directoryOffset: number;
}

function endRecord(tail: Uint8Array): EndRecord | undefined {
  const view = new DataView(tail.buffer, tail.byteOffset, tail.byteLength);
  for (let at = tail.length - 22; at >= 0; at--) {
    if (view.getUint32(at, true) !== 0x06054b50) continue;
    const comment = view.getUint16(at + 20, true);
    if (at + 22 + comment !== tail.length) continue;
    return {
      at,
      entries: view.getUint16(at + 10, true),
      directorySize: view.getUint32(at + 12, true),
      directoryOffset: view.getUint32(at + 16, true),
    };
  }
  return undefined;
}
