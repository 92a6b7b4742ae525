/** What the keeper's page is made of. */

export * as consent from "./consent.ts";
export * as events from "./events.ts";
export * as messages from "./messages.ts";
export * as recovery from "./recovery.ts";
export * as sealed from "./sealed.ts";
export * as seals from "./seals.ts";
export * as shareCard from "./share_card.ts";
export * as signing from "./signing.ts";
export * as slots from "./slots.ts";
export * as vault from "./vault.ts";
export * as archive from "../portability/archive.ts";
export * as exports from "../portability/export.ts";
export * as files from "../portability/files.ts";
export * as credentials from "../protocol/credentials.ts";
export * as dcql from "../protocol/dcql.ts";
export * as dcqlQuery from "../protocol/dcql_query.ts";
export * as dids from "../protocol/dids.ts";
export * as issuance from "../protocol/issuance.ts";
export * as jwe from "../protocol/jwe.ts";
export * as offer from "../protocol/offer.ts";
export * as request from "../protocol/request.ts";
export * as response from "../protocol/response.ts";
export * as sdJwtVc from "../protocol/sd_jwt_vc.ts";
export * as status from "../protocol/status.ts";
export * as vcSdJwt from "../protocol/vc_sd_jwt.ts";
export * as x509 from "../protocol/x509.ts";
