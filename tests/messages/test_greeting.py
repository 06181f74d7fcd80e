"""How a mail greets: by name and account where the firm wants it, masked as it says (P205)."""

from dataclasses import replace

import pytest

from cinnabar.firm import load_firm
from cinnabar.messages.claims import Claimed
from cinnabar.messages.envelope import seal_facts, seal_to
from cinnabar.messages.kinds import Kind
from cinnabar.messages.render import render
from tests.messages.support import MAILBOX
from tests.support.customers import add_customer
from tests.support.world import make_env

HONG_KONG = load_firm("hongkong")
WHOLE = replace(HONG_KONG, masks=replace(HONG_KONG.masks, greeting="whole"))


def mail(env, customer, language):
    now = env.clock.now()
    facts = {"event": "login", "at": now.isoformat(), "undo": "8JQ4M2ZX7C"}
    claimed = Claimed(
        id="01",
        kind=Kind.PASSWORD_CHANGED,
        channel="email",
        customer_id=customer.id,
        subject=customer.subject,
        language=language,
        to_sealed=seal_to(env, "01", MAILBOX),
        facts_sealed=seal_facts(env, "01", facts),
        attempts=1,
        created_at=now,
        expires_at=None,
        claim_until=now,
    )
    return render(env, claimed)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("firm", "language", "greeting"),
    [
        (HONG_KONG, "zh-Hant-HK", "親愛的 陳** ****-0001 先生／女士："),
        (HONG_KONG, "en", "Dear 陳** ****-0001,"),
        (WHOLE, "zh-Hant-HK", "親愛的 陳大文 9999-0001 先生／女士："),
    ],
    ids=["masked", "in-english", "whole"],
)
def test_a_mail_greets_by_name_as_the_firm_says(firm, language, greeting):
    env = make_env(firm=firm)
    customer = add_customer(env, identifier="9999-0001", name="陳大文", email="tai@example.com")
    written = mail(env, customer, language)
    assert greeting in written.text
    assert greeting in written.html
