import { attach } from "../pages/questions.ts";

attach(document.body);
