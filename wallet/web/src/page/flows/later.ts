/** The flows that nobody needs at the first look: one file, loaded with the first of them. */

export * as boxes from "./boxes.ts";
export { erase } from "./erase.ts";
export { exporting } from "./exporting.ts";
export { importing } from "./importing.ts";
export { chooseExtras, chooseSeveral } from "./more.ts";
export { share } from "./share.ts";
export { stop } from "./stop.ts";
export { moveHere, transfer } from "./transfer.ts";
export { hostOf, issuerOf } from "../../status/hosts.ts";
export { wipe } from "../wiping.ts";
