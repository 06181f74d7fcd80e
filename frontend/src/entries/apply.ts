import { attach } from "../pages/apply.ts";

void attach(document.body);
