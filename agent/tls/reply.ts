import type { Doubt } from '../../policies/checks/endpoints.ts';

/** What a server did with one greeting. */
export type Reply =
  | {
      readonly kind: 'hello';
      /** The version it chose, as on the wire (0x0303 is TLS 1.2, 0x0002 SSL 2.0). */
      readonly version: number;
      /** The suite it chose; SSL 2.0 leaves the choice to the client. */
      readonly suite: number | undefined;
      /** DER, leaf first; undefined where it was not waited for or the suite has none. */
      readonly certificates: readonly Uint8Array[] | undefined;
      /** The cipher kinds that a server of SSL 2.0 leaves the client to choose from. */
      readonly ssl2Suites?: readonly number[];
      /** What else it said, where the whole first flight was waited for. */
      readonly flight?: Flight;
    }
  /** A refusal in the protocol's own words. */
  | { readonly kind: 'alert'; readonly name: string }
  /** Another protocol: its first bytes are those of no TLS record. */
  | { readonly kind: 'not-tls' }
  /** Ended without one byte. */
  | { readonly kind: 'closed' }
  | { readonly kind: 'doubt'; readonly why: Doubt };

/** A server's first flight beyond its choice of version and suite. */
export interface Flight {
  /** It asks for a share of another group (RFC 8446 4.1.4). */
  readonly isRetry: boolean;
  /** 0 is none, 1 DEFLATE (RFC 3749). */
  readonly compression: number;
  /** Bytes. */
  readonly sessionIdLength: number;
  /** By number, those of the ServerHello and, where they could be decrypted, of EncryptedExtensions. */
  readonly extensions: ReadonlyMap<number, Uint8Array>;
  /** The named group of the key exchange (IANA "TLS Supported Groups"). */
  readonly group: number | undefined;
  /** The prime of a finite field that the server gave itself. */
  readonly prime: Uint8Array | undefined;
  /** What it signed with (IANA "TLS SignatureScheme"); older versions than TLS 1.2 do not say. */
  readonly signatureScheme: number | undefined;
  readonly isStapled: boolean;
  readonly hasTimestamps: boolean;
  readonly asksCertificate: boolean;
}

export function doubt(what: Doubt['what'], detail?: string): Extract<Reply, { kind: 'doubt' }> {
  return { kind: 'doubt', why: { what, ...(detail === undefined ? {} : { detail: detail.slice(0, 200) }) } };
}

/** What a question that was not taken leaves open. */
export function doubtOf(reply: Reply): Doubt {
  switch (reply.kind) {
    case 'doubt':
      return reply.why;
    case 'alert':
      return { what: 'alert', detail: reply.name };
    case 'closed':
    case 'not-tls':
      return { what: reply.kind };
    case 'hello':
      return { what: 'not-offered' };
  }
}

/** Takes a server's bytes as they come. */
export interface ReplyReader {
  /** The reply, as soon as the bytes so far make one. */
  push(chunk: Uint8Array): Reply | undefined;
  /** What it is when nothing more comes. */
  end(): Reply;
}

/** RFC 5246 7.2, RFC 8446 6 and the registry "TLS Alerts". */
const alertNames: Readonly<Record<number, string>> = {
  0: 'close_notify',
  10: 'unexpected_message',
  20: 'bad_record_mac',
  21: 'decryption_failed',
  22: 'record_overflow',
  30: 'decompression_failure',
  40: 'handshake_failure',
  41: 'no_certificate',
  42: 'bad_certificate',
  43: 'unsupported_certificate',
  46: 'certificate_unknown',
  47: 'illegal_parameter',
  48: 'unknown_ca',
  49: 'access_denied',
  50: 'decode_error',
  51: 'decrypt_error',
  60: 'export_restriction',
  70: 'protocol_version',
  71: 'insufficient_security',
  80: 'internal_error',
  86: 'inappropriate_fallback',
  90: 'user_canceled',
  100: 'no_renegotiation',
  109: 'missing_extension',
  110: 'unsupported_extension',
  112: 'unrecognized_name',
  115: 'unknown_psk_identity',
  116: 'certificate_required',
  120: 'no_application_protocol',
};

export function alertName(number: number): string {
  return alertNames[number] ?? String(number);
}
