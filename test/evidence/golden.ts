import { createPublicKey } from 'node:crypto';
import { logSigner, witnessSigner } from '../../evidence/note.ts';
import { seededKey } from './keys.ts';

/** A log of the entries "one", "two" and "three" and a witness of it, with every byte that others computed for them. */
export const entries = ['one', 'two', 'three'].map((entry) => Buffer.from(entry));

export const origin = 'example.com/log42';
export const log = logSigner(origin, seededKey(1));
export const logVkey = 'example.com/log42+faf97cfd+AYqI4910CfGV/VLbLTy6XXLKZwm/HZQSG/N0iAG0D29c';

export const witnessName = 'witness.example.com/w1';
export const witness = witnessSigner(witnessName, seededKey(2));
export const witnessVkey = 'witness.example.com/w1+745fb5e8+BIE5dw6ofRdfVqNUZsNMfszLjYqRtO43ol32D1uPybOU';

export const text = 'example.com/log42\n3\nWqx3HImawpLnS/Gv4ubjAvi1WIOy0b8Ze0amvqbavKk=\n';
export const logLine =
  '— example.com/log42 +vl8/eqq0GxCWbFBh8XTPn/FKc2WBl173rsYBC3xyz/lbX6AU7G/bZX1FySJe5wCDhKAr2Kk/8733tXBSATzZXuyagk=\n';
export const cosignedAt = new Date(1_679_315_147_000);
export const cosignatureLine =
  '— witness.example.com/w1 dF+16AAAAABkGFDLxzbBNtncB1EWWkeHmyHJeBbXumh4o833SJCNSTf7aftn3E4nw96+d2CkwBLCs6ZmfNa2r6XHxdrO+MXAhSZaDQ==\n';

export const note = `${text}\n${logLine}`;

/** The inclusion proof of "two". */
export const proofHashes = [
  '0Nc2CrefWKseHj/mStd+LqC8B+NrX0btIiPt2SmN+ek=',
  'Zx8UbF5HHooag6PCFM5LqQe486WIjRTMjNPOdbsS75Q=',
].map((hash) => Buffer.from(hash, 'base64'));

/** A log of another name with the same key, and one of the same name with another key. */
export const otherLog = logSigner('example.com/other', seededKey(1));
export const forger = logSigner(origin, seededKey(3));

export const logPublicKey = createPublicKey(seededKey(1));
export const witnessPublicKey = createPublicKey(seededKey(2));
