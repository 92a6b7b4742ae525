/** Read a code from a picture, where the browser cannot do so itself; loaded only when it is needed. */

import decode from "qr/decode.js";

const WIDTH = 640; // pixels: enough for the largest code that people scan, and quick on an old phone

const canvas = document.createElement("canvas");

/** The text of a code in what the camera sees; undefined: none in this picture. */
export function look(video: HTMLVideoElement): string | undefined {
  const { videoWidth, videoHeight } = video;
  if (!videoWidth || !videoHeight) return undefined;
  [canvas.width, canvas.height] = [WIDTH, Math.round((WIDTH * videoHeight) / videoWidth)];
  const context = canvas.getContext("2d", { willReadFrequently: true });
  context?.drawImage(video, 0, 0, canvas.width, canvas.height);
  const picture = context?.getImageData(0, 0, canvas.width, canvas.height);
  try {
    return picture && decode(picture);
  } catch {
    return undefined; // it says so where there is no code
  }
}
