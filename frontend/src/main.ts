/** The script of every page, in one file: fetched once, kept for ever, and what pages share is in it once. */

import * as app from "./pages/app.ts";
import * as appApply from "./pages/app-apply.ts";
import * as appApprovals from "./pages/app-approvals.ts";
import * as appBiometrics from "./pages/app-biometrics.ts";
import * as appCertificates from "./pages/app-certificates.ts";
import * as appClear from "./pages/app-clear.ts";
import * as appCode from "./pages/app-code.ts";
import * as appPin from "./pages/app-pin.ts";
import * as appSettings from "./pages/app-settings.ts";
import * as appSignIn from "./pages/app-sign-in.ts";
import * as appToken from "./pages/app-token.ts";
import * as appWelcome from "./pages/app-welcome.ts";
import * as apply from "./pages/apply.ts";
import * as approval from "./pages/approval.ts";
import * as certificates from "./pages/certificates.ts";
import * as check from "./pages/check.ts";
import * as computer from "./pages/computer.ts";
import * as exporting from "./pages/export.ts";
import * as importing from "./pages/import.ts";
import * as link from "./pages/link.ts";
import * as newPassword from "./new-password.ts";
import * as notMe from "./pages/not-me.ts";
import * as page from "./pages/page.ts";
import * as passkey from "./passkey.ts";
import * as passkeys from "./pages/passkeys.ts";
import * as passwordChange from "./pages/password-change.ts";
import * as reissue from "./pages/reissue.ts";
import * as repair from "./pages/repair.ts";
import * as revoke from "./pages/revoke.ts";
import * as second from "./pages/second.ts";
import * as signIn from "./pages/sign-in.ts";
import * as trySign from "./pages/try-sign.ts";
import * as unlock from "./pages/unlock.ts";

/** By the name that a template gives to its tag `script`. */
const PAGES: Readonly<Record<string, { attach(root: HTMLElement): unknown }>> = {
  app,
  "app-apply": appApply,
  "app-approvals": appApprovals,
  "app-biometrics": appBiometrics,
  "app-certificates": appCertificates,
  "app-clear": appClear,
  "app-code": appCode,
  "app-pin": appPin,
  "app-settings": appSettings,
  "app-sign-in": appSignIn,
  "app-token": appToken,
  "app-welcome": appWelcome,
  apply,
  approval,
  certificates,
  check,
  computer,
  export: exporting,
  import: importing,
  link,
  "not-me": notMe,
  page,
  passkeys,
  "password-change": passwordChange,
  reissue,
  repair,
  revoke,
  second,
  "sign-in": signIn,
  "try-sign": trySign,
  unlock,
};

for (const { content } of document.querySelectorAll<HTMLMetaElement>("meta[name=script]")) {
  const found = PAGES[content];
  if (!found) throw new Error(`no script is called ${content}`);
  void found.attach(document.body);
}

// Parts that stand on pages of many kinds.
newPassword.attach(document.body);
passkey.attach(document.body);
