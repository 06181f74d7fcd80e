import { attach } from "../pages/sign-in.ts";

void attach(document.body);
