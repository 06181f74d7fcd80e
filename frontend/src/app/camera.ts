/**
 * The camera reads a QR code: by the browser's own reader where there is one, else by ours, which
 * is a file of its own (scan.ts). No picture leaves this function.
 */

import { find, make } from "../dom.ts";
import { press } from "../press.ts";
import { Refusal } from "../refusal.ts";
import { say } from "../words.ts";

/** What our QR codes begin with (tokens/soft/registration.py). */
const SIGN = "TOKEN:";

const PAUSE = 120; // milliseconds between two looks
const EDGE = 960; // pixels of the longer edge: more says no more and costs time

type Read = (pixels: ImageData) => Promise<string>;
interface Detector { detect(pixels: ImageData): Promise<readonly { readonly rawValue: string }[]> }
interface Global {
  readonly BarcodeDetector?: { new (asked: { formats: string[] }): Detector; getSupportedFormats(): Promise<string[]> };
  readonly readQR?: (pixels: ImageData) => string;
}

async function reader(): Promise<Read> {
  const { BarcodeDetector, readQR } = globalThis as Global;
  const formats = await BarcodeDetector?.getSupportedFormats().catch(() => [] as string[]);
  if (BarcodeDetector && formats?.includes("qr_code")) {
    const detector = new BarcodeDetector({ formats: ["qr_code"] });
    return async (pixels) => (await detector.detect(pixels))[0]?.rawValue ?? "";
  }
  return async (pixels) => readQR?.(pixels) ?? "";
}

async function open(): Promise<MediaStream> {
  const video = { facingMode: "environment", width: { ideal: 1280 }, height: { ideal: 720 } };
  try {
    return await navigator.mediaDevices.getUserMedia({ video });
  } catch (thrown) {
    throw Refusal.said("token", (thrown as DOMException).name === "NotAllowedError" ? "camera-denied" : "camera-none");
  }
}

/** One look; "" where there is nothing to read, which is no trouble. */
async function look(view: HTMLVideoElement, context: CanvasRenderingContext2D, read: Read): Promise<string> {
  const scale = Math.min(1, EDGE / Math.max(view.videoWidth, view.videoHeight));
  const [width, height] = [Math.round(view.videoWidth * scale), Math.round(view.videoHeight * scale)];
  Object.assign(context.canvas, { width, height });
  context.drawImage(view, 0, 0, width, height);
  return read(context.getImageData(0, 0, width, height));
}

/** Bring the part `region` to life; `scanned` is what is done with a code of ours. */
export function attach(region: HTMLElement, alert: HTMLElement, scanned: (text: string) => Promise<void>): void {
  const start = find<HTMLButtonElement>(region, "[data-scan-start]");
  const stop = find<HTMLButtonElement>(region, "[data-scan-stop]");
  const view = find<HTMLVideoElement>(region, "[data-scan-view]");
  const news = find(region, "[data-scan-news]");
  let stream: MediaStream | null = null;

  const end = () => {
    stream?.getTracks().forEach((track) => track.stop());
    stream = view.srcObject = null;
    view.hidden = stop.hidden = true;
    start.hidden = false;
    news.textContent = "";
  };

  const watch = async (): Promise<string> => {
    const read = await reader();
    const context = make("canvas").getContext("2d", { willReadFrequently: true });
    while (stream && context) {
      const text = view.videoWidth ? await look(view, context, read).catch(() => "") : "";
      if (text.startsWith(SIGN)) return text;
      const told = say(text ? "token.other_picture" : "token.looking_camera");
      if (news.textContent !== told) news.textContent = told;
      await new Promise((resume) => setTimeout(resume, PAUSE));
    }
    return "";
  };

  press(start, alert, async () => {
    stream = await open();
    view.srcObject = stream;
    view.hidden = stop.hidden = false;
    start.hidden = true;
    stop.focus();
    await view.play();
    const text = await watch();
    end();
    if (text) await scanned(text);
  });
  stop.addEventListener("click", end);
  addEventListener("pagehide", end);
}
