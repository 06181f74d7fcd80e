import { attach } from "../pages/certificates.ts";

void attach(document.body);
