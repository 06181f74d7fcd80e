import { attach } from "../pages/page.ts";

attach(document.body);
