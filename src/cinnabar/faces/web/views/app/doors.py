"""The pages of the web that the app shares: its doors, and what belongs to them."""

from django.urls import path

from cinnabar.faces.web.views import (
    account,
    factor_token,
    passkey_sign_in,
    passwords,
    robot,
    second,
    sign_in,
    step_up,
)

urlpatterns = [
    path("sign-in/", sign_in.sign_in),
    path("sign-out/", sign_in.sign_out),
    *second.urlpatterns,
    *factor_token.urlpatterns,
    *step_up.urlpatterns,
    *passkey_sign_in.urlpatterns,
    path("robot-check/<slug:page>", robot.challenge),
    path("passwords/change/", passwords.of_customer),
    path("passwords/change/<slug:account>/", passwords.of_account),
    path("passwords/changed/", passwords.changed),
    path("passwords/consolidate/", passwords.for_all),
    path("account/sessions/", account.own_sessions),
    path("account/sessions/end-<slug:scope>/", account.end_many),
    path("account/sessions/<slug:handle>/end", account.end),
]
