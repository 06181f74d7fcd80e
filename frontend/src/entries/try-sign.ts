import { attach } from "../pages/try-sign.ts";

void attach(document.body);
