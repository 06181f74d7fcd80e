import { attach } from "../pages/revoke.ts";

void attach(document.body);
