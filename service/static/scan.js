// Reads a code with the camera: a link is posted with the form beside it, a certificate's code opens its page.
// No picture leaves the browser. Its own reader of codes is used, else one that is fetched from here.
"use strict";
const PAUSE = 200; // milliseconds between two looks
const PAPER = /^[A-Za-z0-9_-]{22}$/; // as service.certificate_files.locator writes it

async function reader(address) {
  if (globalThis.BarcodeDetector) {
    const detector = new BarcodeDetector({ formats: ["qr_code"] });
    return async (video) => (await detector.detect(video))[0]?.rawValue;
  }
  const { look } = await import(address);
  return async (video) => look(video);
}

function addressIn(text) {
  try {
    return new URL(text);
  } catch {
    return null;
  }
}

for (const scanner of document.querySelectorAll("[data-scan]")) {
  const part = (name) => scanner.querySelector(`[data-scan-${name}]`);
  const [start, panel, stop, video] = ["start", "panel", "stop", "video"].map(part);
  const words = [...scanner.querySelectorAll("[data-scan-words]")];
  const form = scanner.closest("section").querySelector("form");
  let camera = null;

  const say = (name) => {
    for (const each of words) each.hidden = each.dataset.scanWords !== name;
  };
  const end = (word) => {
    for (const track of camera?.getTracks() ?? []) track.stop();
    camera = video.srcObject = null;
    panel.hidden = true;
    start.hidden = false;
    say(word);
  };
  /** Whether the code was one of ours, and led on. */
  const take = (text) => {
    const found = addressIn(text);
    const paper = found?.searchParams.get("paper") ?? "";
    if (found?.pathname === "/check" && PAPER.test(paper)) {
      end("found");
      location.assign(`/check?paper=${paper}`); // here, whatever site the code names
      return true;
    }
    const field = form.elements.proof;
    if (!/\/s\/[\w-]{22}$/.test(found?.pathname ?? "") || text.length > field.maxLength) return false;
    end("found");
    field.value = text;
    form.requestSubmit();
    return true;
  };
  const run = async () => {
    start.hidden = true;
    try {
      const look = await reader(scanner.dataset.scan);
      const asked = await navigator.mediaDevices.getUserMedia({ video: { facingMode: "environment" }, audio: false });
      camera = video.srcObject = asked;
      panel.hidden = false;
      say("looking");
      stop.focus();
      await video.play();
      while (camera === asked) {
        const text = await look(video);
        if (camera !== asked) return;
        if (text && take(text)) return;
        if (text) say("other");
        await new Promise((resolve) => setTimeout(resolve, PAUSE));
      }
    } catch {
      end("missing");
      start.focus();
    }
  };

  start.addEventListener("click", run);
  stop.addEventListener("click", () => {
    end("");
    start.focus();
  });
  addEventListener("pagehide", () => end(""));
  scanner.hidden = false;
}
