/** The reader of QR codes: a file of its own, for the one page that has a camera (app/camera.ts). */

import { decodeQR } from "qr/decode.js";

Object.assign(globalThis, { readQR: decodeQR });
