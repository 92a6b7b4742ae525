/** What an asker declares in `verifier_info`: its own word, from closed lists (decision 0052). */

import type { ClaimsPath } from "../protocol/claims.ts";
import type { CredentialQuery } from "../protocol/dcql_query.ts";
import { rejected } from "../protocol/errors.ts";
import { isObject, member, type JsonObject } from "../protocol/json.ts";
import { Fields, originOf } from "../protocol/message.ts";
import type { AuthorizationRequest } from "../protocol/request.ts";

const FORMAT = "https://skillspass.example/declaration/1";
const ALWAYS_SHOWN = [ // in every presentation anyway
  "iss", "vct", "iat", "nbf", "exp", "status", "issuer", "type", "validFrom", "validUntil", "issuanceDate", "expirationDate",
];
const MAX_ENTRIES = 20;
const MAX_DAYS = 3_650;

/** The closed lists, as `schemas/queries/declarations.yaml` has them. */
export interface DeclarationLists {
  readonly relations: readonly string[];
  readonly purposes: readonly string[];
  readonly legalBases: readonly string[];
  /** Names of claims that an asker without an account may ask. */
  readonly unchecked: readonly string[];
}

/** Who asks, as what, what for, and for how long. */
export interface Declaration {
  readonly name: string;
  readonly kvk: string | undefined; // where the trade register number was checked
  readonly checked: boolean;
  readonly relation: string;
  readonly purpose: string;
  readonly legalBasis: string;
  readonly retentionDays: number;
  readonly deletionUri: string | undefined;
}

/**
 * Read the declaration in the payload of a request that was checked; undefined where it has none.
 *
 * That its name was checked is the asker's own word; it counts where somebody else says so (`known`).
 * Refuses `declaration_invalid`, `client_mismatch` and `asker_unchecked`.
 */
export function readDeclaration(
  payload: JsonObject, request: AuthorizationRequest, lists: DeclarationLists, known: boolean,
): Declaration | undefined {
  const entries = new Fields(payload, "declaration_invalid").list("verifier_info", MAX_ENTRIES) ?? [];
  const entry = entries.find((each) => isObject(each) && member(each, "format") === FORMAT);
  if (!isObject(entry)) return undefined;
  const declared = declarationIn(new Fields(member(entry, "data"), "declaration_invalid"), lists);
  const { deletionUri } = declared;
  if (deletionUri !== undefined && originOf(deletionUri) !== originOf(request.responseUri)) {
    throw rejected("client_mismatch", "deletion_uri at another origin");
  }
  const open = [...ALWAYS_SHOWN, ...lists.unchecked];
  const within = request.query.credentials.every((query) => namesIn(query).every((name) => open.includes(String(name))));
  if (!(declared.checked && known) && !within) throw rejected("asker_unchecked", "asks more than skills and validity");
  return declared;
}

/** The claims that a query asks: the first step of each path, in W3C formats inside the subject. */
function namesIn({ format, claims }: CredentialQuery): ClaimsPath {
  return claims.map(({ path: [first = null, second = null] }) =>
    (format !== "dc+sd-jwt" && first === "credentialSubject" ? second : first));
}

function declarationIn(data: Fields, lists: DeclarationLists): Declaration {
  const asker = data.inner("asker") ?? data.fail("asker");
  const checked = member(asker.object, "checked");
  const kvk = asker.optionalText("kvk", 8);
  if (typeof checked !== "boolean") return asker.fail("checked");
  if (kvk !== undefined && !/^[0-9]{8}$/.test(kvk)) asker.fail("kvk");
  return {
    name: asker.text("name", 200), kvk, checked,
    relation: listed(data, "relation", lists.relations),
    purpose: listed(data, "purpose", lists.purposes),
    legalBasis: listed(data, "legal_basis", lists.legalBases),
    retentionDays: data.integer("retention_days", 0, MAX_DAYS) ?? data.fail("retention_days"),
    deletionUri: data.optionalUrl("deletion_uri"),
  };
}

function listed(data: Fields, name: string, list: readonly string[]): string {
  const value = data.text(name, 100);
  return list.includes(value) ? value : data.fail(name);
}
