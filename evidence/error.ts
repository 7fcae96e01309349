/** What can be wrong with a piece of evidence. Codes are stable: programs and tests go by them, people by the message. */
export type EvidenceErrorCode =
  | 'key.malformed'
  | 'vkey.malformed'
  | 'note.malformed'
  | 'note.signature'
  | 'note.no-known-signature'
  | 'checkpoint.malformed'
  | 'checkpoint.origin'
  | 'proof.malformed'
  | 'proof.inclusion'
  | 'tile.malformed'
  | 'tile.missing'
  | 'tile.mismatch'
  | 'entry-bundle.malformed'
  | 'entry.malformed'
  | 'entry.unknown-kind'
  | 'bundle.malformed'
  | 'bundle.version'
  | 'salts.malformed'
  | 'envelope.malformed'
  | 'envelope.type'
  | 'envelope.signature'
  | 'timestamp.malformed'
  | 'timestamp.algorithm'
  | 'timestamp.imprint'
  | 'timestamp.signature'
  | 'timestamp.certificate'
  | 'authority.malformed'
  | 'handover.signature'
  | 'handover.order'
  | 'receipt.entry'
  | 'receipt.rollback'
  | 'receipt.fork';

/** Evidence that does not hold or is not in its form. The message says what was found and what was expected. */
export class EvidenceError extends Error {
  readonly code: EvidenceErrorCode;

  constructor(code: EvidenceErrorCode, message: string) {
    super(message);
    this.name = 'EvidenceError';
    this.code = code;
  }
}
