/** Refusals, by who must act; the codes are those of `credentials/errors.py`. */

/**
 * - `malformed`: the octets are not what they say; the sender must fix them.
 * - `unsupported`: well formed, but a feature we lack.
 * - `rejected`: checked, and the answer is no.
 * - `undetermined`: could not be checked now; unknown is never green.
 */
export type Kind = "malformed" | "unsupported" | "rejected" | "undetermined";

/** The one error of keeper and protocol; `detail` never holds a claim, a key or a token. */
export class Refusal extends Error {
  readonly kind: Kind;
  readonly code: string;
  readonly detail: string;

  constructor(kind: Kind, code: string, detail = "") {
    super(detail ? `${code}: ${detail}` : code);
    this.kind = kind;
    this.code = code;
    this.detail = detail;
  }
}

/** A number that I-JSON does not know; `member` names it where it stands in the outermost object. */
export class NumberRefused extends Refusal {
  readonly member: string | undefined;

  constructor(member?: string) {
    super("malformed", "json_malformed", "a number outside I-JSON");
    this.member = member;
  }
}

const refusing = (kind: Kind) => (code: string, detail = ""): Refusal => new Refusal(kind, code, detail);

/** The octets are not what they claim to be. */
export const malformed = refusing("malformed");
/** Well formed, but it asks for a feature that we lack. */
export const unsupported = refusing("unsupported");
/** Checked, and the answer is no. */
export const rejected = refusing("rejected");
/** It could not be checked now. */
export const undetermined = refusing("undetermined");
