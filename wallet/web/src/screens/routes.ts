/** The screens by name, and the tab under which each stands. */

/** Tabs in their order: the screen behind it, and its drawing. */
export const TABS = [
  ["passport", "id-card"],
  ["skills", "compass"],
  ["show", "qr-code"],
  ["log", "history"],
  ["settings", "settings"],
] as const;

export type Tab = (typeof TABS)[number][0];

/** Every screen that an address may name, and its tab. */
export const SCREENS: Readonly<Record<string, Tab>> = {
  passport: "passport",
  card: "passport",
  add: "passport",
  skills: "skills",
  skill: "skills",
  discover: "skills",
  fit: "skills",
  job: "skills",
  grow: "skills",
  talk: "skills",
  adviser: "skills",
  confirm: "skills",
  show: "show",
  shares: "show",
  share: "show",
  log: "log",
  settings: "settings",
  safe: "settings",
  devices: "settings",
  take: "settings",
  wipe: "settings",
  about: "settings",
  help: "settings",
};

const WITHOUT_PASSPORT = new Set(["add", "about", "help", "discover"]);

/** The screen to draw: without an open passport only what needs none. */
export function screenFor(name: string, state: "new" | "locked" | "open"): string {
  if (state !== "open") return WITHOUT_PASSPORT.has(name) ? name : state === "new" ? "start" : "locked";
  return Object.hasOwn(SCREENS, name) ? name : "passport";
}
