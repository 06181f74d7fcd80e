/**
 * The camera reads a QR code: a file of its own, for the one page that has a camera.
 *
 * The browser's own reader where there is one, else ours. What was read is told as an event
 * `scanned` of the region; no picture leaves this function.
 */

import { decodeQR } from "qr/decode.js";
import { clear } from "./alert.ts";
import { find } from "./dom.ts";
import { press } from "./press.ts";
import { Refusal } from "./refusal.ts";
import { say } from "./words.ts";

/** What our QR codes begin with (tokens/soft/registration.py). */
const SIGN = "TOKEN:";

/** Between two looks, in milliseconds: a reader of ours needs up to 60 for one. */
const PAUSE = 120;

/** The longer edge of what is looked at, in pixels: more says no more and costs time. */
const EDGE = 960;

type Reader = (source: HTMLCanvasElement, pixels: () => ImageData) => Promise<string>;

interface Detector { detect(source: CanvasImageSource): Promise<readonly { readonly rawValue: string }[]> }
interface Detectors { new (asked: { formats: string[] }): Detector; getSupportedFormats(): Promise<string[]> }

/** The browser's reader, if it knows QR codes. */
async function own(): Promise<Reader | null> {
  const known = (globalThis as { BarcodeDetector?: Detectors }).BarcodeDetector;
  if (!known || !(await known.getSupportedFormats().catch(() => [] as string[])).includes("qr_code")) return null;
  const detector = new known({ formats: ["qr_code"] });
  return async (source) => (await detector.detect(source))[0]?.rawValue ?? "";
}

/** Ours; a picture without a code in it is no trouble. */
const ours: Reader = async (_, pixels) => {
  try {
    return decodeQR(pixels());
  } catch {
    return "";
  }
};

async function camera(): Promise<MediaStream> {
  if (!navigator.mediaDevices) throw Refusal.said("token", "camera-none");
  try {
    return await navigator.mediaDevices.getUserMedia({ audio: false, video: { facingMode: "environment", width: { ideal: 1280 }, height: { ideal: 720 } } });
  } catch (thrown) {
    throw Refusal.said("token", (thrown as DOMException).name === "NotAllowedError" ? "camera-denied" : "camera-none");
  }
}

/** One look through `view`, "" where there is nothing to read. */
function look(view: HTMLVideoElement, canvas: HTMLCanvasElement, read: Reader): Promise<string> {
  const scale = Math.min(1, EDGE / Math.max(view.videoWidth, view.videoHeight, 1));
  canvas.width = Math.max(1, Math.round(view.videoWidth * scale));
  canvas.height = Math.max(1, Math.round(view.videoHeight * scale));
  const context = canvas.getContext("2d", { willReadFrequently: true });
  if (!context) throw Refusal.local("trouble");
  context.drawImage(view, 0, 0, canvas.width, canvas.height);
  return read(canvas, () => context.getImageData(0, 0, canvas.width, canvas.height));
}

function attach(region: HTMLElement): void {
  const alert = find(document, "[data-alert]");
  const start = find<HTMLButtonElement>(region, "[data-scan-start]");
  const stop = find<HTMLButtonElement>(region, "[data-scan-stop]");
  const view = find<HTMLVideoElement>(region, "[data-scan-view]");
  const news = find(region, "[data-scan-news]");
  let stream: MediaStream | null = null;

  const end = () => {
    stream?.getTracks().forEach((track) => track.stop());
    stream = null;
    view.srcObject = null;
    view.hidden = stop.hidden = true;
    start.hidden = false;
    news.textContent = "";
  };

  const watch = async (): Promise<string> => {
    const read = (await own()) ?? ours;
    const canvas = document.createElement("canvas");
    while (stream) {
      const text = view.videoWidth ? await look(view, canvas, read).catch(() => "") : "";
      if (text.startsWith(SIGN)) return text;
      news.textContent = say(text ? "token.other_picture" : "token.looking_camera");
      await new Promise((resume) => setTimeout(resume, PAUSE));
    }
    return "";
  };

  press(start, alert, async () => {
    stream = await camera();
    clear(alert);
    view.srcObject = stream;
    view.hidden = stop.hidden = false;
    start.hidden = true;
    stop.focus();
    await view.play();
    const text = await watch();
    end();
    if (!text) return;
    news.textContent = say("token.read");
    region.dispatchEvent(new CustomEvent("scanned", { detail: text }));
  });
  stop.addEventListener("click", () => {
    end();
    start.focus();
  });
  addEventListener("pagehide", end);
}

for (const region of document.querySelectorAll<HTMLElement>("[data-scan]")) attach(region);
