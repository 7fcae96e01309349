import { message, padding, recordTypes, type CbcSealer } from '../client12/index.ts';

/** A record, and what is wrong with it. */
export type PaddingForm =
  'sound' | 'wrong-mac' | 'wrong-padding' | 'both-wrong' | 'no-mac' | 'empty-wrong-mac' | 'empty-wrong-padding';

/** A message that no server knows: one that takes the record has to say so. */
const puzzle = message(99, []);
const nothing = new Uint8Array();

/** Makes the next fragment in one of the forms. */
export function paddingRecord(sealer: CbcSealer, form: PaddingForm): { type: number; fragment: Uint8Array } {
  const { handshake, applicationData } = recordTypes;
  const sealed = (type: number, content: Uint8Array, flaws: Flaws): { type: number; fragment: Uint8Array } => ({
    type,
    fragment: sealWithFlaws(sealer, type, content, flaws),
  });
  switch (form) {
    case 'sound':
      return sealed(handshake, puzzle, { mac: false, padding: false });
    case 'wrong-mac':
      return sealed(handshake, puzzle, { mac: true, padding: false });
    case 'wrong-padding':
      return sealed(handshake, puzzle, { mac: false, padding: true });
    case 'both-wrong':
      return sealed(handshake, puzzle, { mac: true, padding: true });
    case 'empty-wrong-mac':
      return sealed(applicationData, nothing, { mac: true, padding: false });
    case 'empty-wrong-padding':
      return sealed(applicationData, nothing, { mac: false, padding: true });
    case 'no-mac':
      // Every byte, up to the last one, belongs to the padding.
      return { type: applicationData, fragment: sealer.encrypt(Buffer.alloc(64, 63)) };
  }
}

interface Flaws {
  readonly mac: boolean;
  readonly padding: boolean;
}

function sealWithFlaws(sealer: CbcSealer, type: number, content: Uint8Array, flaws: Flaws): Uint8Array {
  const mac = sealer.mac(type, content);
  const filling = padding(content.length + mac.length, sealer.cipher.blockSize);
  // The first byte: the last one says how long the padding is, and must go on doing so.
  if (flaws.mac) invertFirst(mac);
  if (flaws.padding) invertFirst(filling);
  return sealer.encrypt(Buffer.concat([content, mac, filling]));
}

function invertFirst(bytes: Buffer): void {
  bytes.writeUInt8(bytes.readUInt8(0) ^ 0xff, 0);
}
