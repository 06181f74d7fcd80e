"""The whole life of a certificate in a real browser, at two widths and in two languages."""

import pytest

from cinnabar.certificates.models import Certificate
from cinnabar.certificates.states import State
from tests.browser.life import Life
from tests.browser.looking import look
from tests.browser.person import EN, ZH, Person
from tests.support.chromium import DESKTOP, PHONE

pytestmark = pytest.mark.browser


@pytest.mark.parametrize(
    "way",
    [
        (DESKTOP, "zh-TW", ZH, "desktop"),
        (PHONE, "zh-TW", ZH, "phone"),
        (DESKTOP, "en-GB", EN, "desktop-en"),
        (PHONE, "en-GB", EN, "phone-en"),
    ],
    ids=["desktop-zh", "phone-zh", "desktop-en", "phone-en"],
)
def test_apply_sign_renew_and_revoke(env, clock, ming, visit, way):
    size, language, labels, name = way
    page = visit.page(size, language)
    Life(Person(page, env, labels), lambda where: look(page, f"{name}-{where}")).whole()
    states = Certificate.objects.order_by("id").values_list("state", flat=True)
    assert list(states) == [State.SUPERSEDED, State.REVOKED]
