/** Both pages that carry certificates: reading and writing PKCS#12 is most of either, so they share a file. */

import { attach as attachExport } from "../pages/export.ts";
import { attach as attachImport } from "../pages/import.ts";

const attach = document.querySelector("form[data-wish]") ? attachExport : attachImport;
void attach(document.body);
