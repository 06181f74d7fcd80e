"""The addresses of the web face."""

from django.urls import path

from cinnabar.faces.web.views import (
    announcements,
    carry,
    certificates,
    check,
    claims,
    computer,
    flows,
    history,
    manual,
    not_me,
    passwords,
    questions,
    reissue,
    robot,
    sign_in,
    style,
    try_sign,
)

_FLOW = "certificates/flows/<slug:flow>"
_SHARE = "certificates/shares/<slug:share>"

urlpatterns = [
    path("", sign_in.home),
    path("announcements/", announcements.announcements),
    path("manual/", manual.contents),
    path("manual/<slug:name>/", manual.topic),
    path("questions/", questions.questions),
    path("refusals/<slug:name>", questions.refusal),
    path("sign-in/", sign_in.sign_in),
    path("sign-out/", sign_in.sign_out),
    path("language/", sign_in.choose_language),
    path("firm.css", style.firm_style),
    path("certificates/", certificates.certificates),
    path("certificates/host.json", certificates.host),
    path("certificates/apply/", certificates.apply),
    path("certificates/revoke/", certificates.revoke),
    path("certificates/try-sign/", certificates.try_sign),
    path("certificates/try-sign/verify", try_sign.verify),
    *carry.urlpatterns,
    *history.urlpatterns,
    *check.urlpatterns,
    *computer.urlpatterns,
    *passwords.urlpatterns,
    *not_me.urlpatterns,
    *claims.urlpatterns,
    *reissue.urlpatterns,
    *robot.urlpatterns,
    path("certificates/flows/", flows.open_flow),
    path(f"{_FLOW}/request", flows.present_request),
    path(f"{_FLOW}/code", flows.ask_code),
    path(f"{_FLOW}/code/try", flows.try_code),
    path(f"{_FLOW}/finish", flows.finish),
    path(f"{_FLOW}/abandon", flows.abandon),
    path("certificates/shares/", flows.make_share),
    path(f"{_SHARE}/release", flows.release_share),
    path(f"{_SHARE}/erase", flows.erase_share),
]
