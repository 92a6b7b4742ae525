/** The page of a deelkaart: a tap opens it, a verifier judges it, and nothing of it stays. */

import TEXTS from "skillspass:texts/share";

import { parseLink, type ShareLink } from "../keeper/share_card.ts";
import { h } from "../page/dom.ts";
import { actions, button, field, form } from "../page/parts.ts";
import { Refusal } from "../protocol/errors.ts";
import { begin, drawBusy, drawTold, redrawBy, show, title } from "./frame.ts";
import { check, leaveName, open, verifierOf, type Opened } from "./opening.ts";
import { drawAnswer } from "./verdict.ts";
import { day, icon, language, t, teach } from "./words.ts";

const CODE = /^[0-9]{4}$/;

/** What was opened lives here while the page is open, so that another language costs no second look. */
let opened: { link: ShareLink; share: Opened } | undefined;

function start(): void {
  teach(TEXTS);
  begin("share.title");
  try {
    drawDoor(parseLink(location.href));
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    drawTold("share.broken", ["share.broken_text"]);
  }
}

/** Before anything is fetched: what this is, and one button. */
function drawDoor(link: ShareLink): void {
  redrawBy(() => drawDoor(link));
  const name = field(t("share.name"), t("share.name_help"), { maxlength: "60", autocomplete: "organization" });
  const code = link.coded
    ? field(t("share.code"), t("share.code_help"), { maxlength: "4", inputmode: "numeric", autocomplete: "off", class: "sp-code" })
    : undefined;
  const handIn = (): void => {
    const said = code?.input.value.trim();
    if (code && !CODE.test(said ?? "")) return code.fault(t("share.code_wrong"));
    void look(link, said, name.input.value.trim());
  };
  show(h("div", { class: "sp-reader sp-stack--lg" },
    h("section", { class: "sp-plate sp-plate--rivets sp-stack--sm" }, title("share.title"), h("p", { class: "sp-subtle" }, t("share.lead"))),
    form(handIn, code?.box, name.box,
      actions(h("button", { class: "sp-button sp-button--primary", type: "submit" }, icon("eye"), t("share.open")))),
    h("p", { class: "sp-small sp-subtle" }, t("share.counts"))));
}

async function look(link: ShareLink, code: string | undefined, name: string): Promise<void> {
  drawBusy("share.busy");
  try {
    const share = await open(link, code, Date.now() / 1000);
    opened = { link, share };
    if (name) void leaveName(link, code, name, share.view);
    await judge();
  } catch (error) {
    refused(error, link);
  }
}

/** Ask the verifier; what was opened is not fetched again. */
async function judge(): Promise<void> {
  if (!opened) return;
  const { link, share } = opened;
  redrawBy(() => void judge());
  drawBusy("share.busy");
  try {
    const answer = await check(await verifierOf(), link, share.cards, language());
    show(drawAnswer(answer, t("share.ends", { day: day(share.expires) })), true);
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    drawTold("share.unchecked", ["share.unchecked_text"], act("share.retry", () => void judge()));
  }
}

function refused(error: unknown, link: ShareLink): void {
  const code = error instanceof Refusal ? error.code : "failed";
  const again = (key: string): HTMLElement => act(key, () => drawDoor(link));
  if (code === "share_gone") {
    redrawBy(() => refused(error, link));
    drawTold("share.gone", link.coded ? ["share.gone_text", "share.gone_coded"] : ["share.gone_text", "share.gone_ask"],
      link.coded ? again("share.again") : null);
  } else if (code === "share_unreachable") {
    drawTold("share.offline", ["share.offline_text"], again("share.retry"));
  } else {
    drawTold("share.damaged", ["share.damaged_text"]);
  }
}

const act = (key: string, action: () => void): HTMLElement => button(t(key), action, "primary");

start();
