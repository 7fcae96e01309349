/** A request that is answered with an error: RFC 9457 problem details with a stable code. */
export class Problem extends Error {
  readonly status: number;
  readonly code: string;
  /** Further members of the answer. */
  readonly more: Readonly<Record<string, unknown>>;

  constructor(status: number, code: string, detail: string, more: Readonly<Record<string, unknown>> = {}) {
    super(detail);
    this.name = 'Problem';
    this.status = status;
    this.code = code;
    this.more = more;
  }
}
