"""What a session was opened with, as the customer reads it."""

from typing import cast

import pytest
from django.test import RequestFactory

from cinnabar.faces.web.devices import factors
from cinnabar.faces.web.request import WebRequest
from cinnabar.words import Words


@pytest.mark.parametrize(
    ("amr", "said"),
    [
        ({"pwd", "pop", "user"}, "password, passkey"),
        ({"token", "pop", "user", "mfa"}, "security token, biometrics"),
        ({"token", "pin"}, "security token, PIN"),
    ],
)
def test_biometrics_of_the_app_are_no_passkey_the_customer_knows_of(env, amr, said):
    request = cast("WebRequest", RequestFactory().get("/"))
    request.words = Words(env.firm, "en")
    assert factors(request, amr).lower() == said.lower()
