/** An access token with what came along, of every flow (OpenID4VCI 1.0, section 6). */

import { rejected } from "../protocol/errors.ts";
import { isObject, member, type JsonObject } from "../protocol/json.ts";
import { parseTokenResponse } from "../protocol/issuance.ts";
import type { Conversation } from "./conversation.ts";

/** An access token, and by which name each credential is asked. */
export interface Access {
  readonly conversation: Conversation;
  readonly clientId: string | undefined; // under which it was got; undefined where nobody asked our name
  readonly identifiers: ReadonlyMap<string, string>; // by configuration
}

/**
 * Read a token response; from now on the conversation shows the token.
 *
 * Refuses `token_response_invalid`, also for a token that is not bound to our key (RFC 9449, section 5).
 */
export function access(conversation: Conversation, document: JsonObject, clientId?: string): Access {
  const type = String(member(document, "token_type") ?? "").toLowerCase();
  if (conversation.thumbprint() !== undefined && type !== "dpop") throw rejected("token_response_invalid", "token_type");
  const plain = conversation.thumbprint() === undefined ? document : { ...document, token_type: "bearer" };
  conversation.token = parseTokenResponse(plain);
  const identifiers = new Map<string, string>();
  const details = member(document, "authorization_details");
  for (const detail of Array.isArray(details) ? details.filter(isObject) : []) {
    const names = member(detail, "credential_identifiers");
    const [name] = Array.isArray(names) ? names : [];
    const of = member(detail, "credential_configuration_id");
    if (typeof name === "string" && typeof of === "string" && !identifiers.has(of)) identifiers.set(of, name);
  }
  return { conversation, clientId, identifiers };
}
