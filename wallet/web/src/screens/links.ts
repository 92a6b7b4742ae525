/** What a scanned or pasted text is: a proof that is ready, a question, or neither. */

const OFFERS = ["openid-credential-offer:", "haip-vci:"];
const QUESTIONS = ["openid4vp:", "haip-vp:", "eudi-openid4vp:", "mdoc-openid4vp:"];

/** Which flow of the keeper takes this link; undefined for what is no link of ours. */
export function flowOf(text: string): "receive" | "present" | undefined {
  let url: URL;
  try {
    url = new URL(text.trim());
  } catch {
    return undefined;
  }
  if (OFFERS.includes(url.protocol)) return "receive";
  if (QUESTIONS.includes(url.protocol)) return "present";
  if (url.protocol !== "https:" && !url.hostname.endsWith("localhost")) return undefined;
  if (url.pathname === "/o" || url.search.includes("credential_offer")) return "receive";
  return url.pathname === "/v" || /[?&](?:request_uri|request|client_id)=/.test(url.search) ? "present" : undefined;
}
