/** The camera, asked by the keeper's page: the browser's own reader, or one that is loaded on need. */

import { rejected } from "../protocol/errors.ts";
import { h } from "./dom.ts";
import { notice, step, words } from "./parts.ts";
import type { Stage } from "./stage.ts";
import { t } from "./texts.ts";

const PAUSE = 200; // milliseconds between two looks

/** Finds the text of a code in what the camera sees; undefined: none in this picture. */
type Look = (video: HTMLVideoElement) => Promise<string | undefined>;

/** What a browser offers by itself (Shape Detection API). */
interface Detector {
  new (options: { formats: string[] }): { detect(source: HTMLVideoElement): Promise<{ rawValue: string }[]> };
}

/** Whether this device has a camera that a page may ask for. */
export const canScan = (): boolean => typeof navigator.mediaDevices?.getUserMedia === "function";

/** Show what the camera sees until it sees a code; refuses `camera_missing`, `stopped`. */
export async function scan(stage: Stage): Promise<string> {
  let look: Look;
  let camera: MediaStream;
  try {
    look = await looker();
    camera = await navigator.mediaDevices.getUserMedia({ video: { facingMode: "environment" }, audio: false });
  } catch {
    throw rejected("camera_missing");
  }
  const video = h("video", { class: "sp-camera", autoplay: true, playsinline: true, "aria-label": t("web.scan.view") });
  video.muted = true;
  video.srcObject = camera;
  let on = true;
  try {
    return await stage.ask<string>((answer) => {
      void (async () => {
        await video.play().catch(() => undefined);
        while (on) {
          const found = await look(video).catch(() => undefined);
          if (found && on) return answer(found);
          await new Promise((resolve) => setTimeout(resolve, PAUSE));
        }
      })();
      return step(t("web.scan.title"), words(t("web.scan.text")), video, notice("info", t("web.scan.help")));
    });
  } finally {
    on = false;
    for (const track of camera.getTracks()) track.stop();
  }
}

async function looker(): Promise<Look> {
  const own = (globalThis as { BarcodeDetector?: Detector }).BarcodeDetector;
  if (own) {
    const detector = new own({ formats: ["qr_code"] });
    return async (video) => (await detector.detect(video))[0]?.rawValue;
  }
  const address = "/scanner.js"; // a file of its own: most phones need it never
  const { look } = await import(address) as { look: (video: HTMLVideoElement) => string | undefined };
  return async (video) => look(video);
}
