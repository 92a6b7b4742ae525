/** The drawing of each kind of thing in the worker's log. */

const DRAWINGS: Readonly<Record<string, string>> = {
  credential_added: "file-check",
  credential_refused: "x",
  credential_removed: "trash-2",
  claim_written: "message-circle",
  wish_written: "message-circle",
  share_made: "qr-code",
  share_stopped: "ban",
  share_opened: "eye",
  request_answered: "building-2",
  request_refused: "x",
  adviser_opened: "users",
  adviser_closed: "users",
  slot_added: "key-round",
  slot_removed: "key-round",
  export: "download",
  deletion_asked: "send",
  settings: "settings",
};

/** The drawing for a type; a clock for one that is new to these screens. */
export function iconOf(type: string): string {
  return DRAWINGS[type] ?? "clock";
}
