"""A thief has a copy of the browser's whole profile: what he has then, and what he has not.

docs/decisions/0019-pin.md says it in words.
"""

import hashlib
import re
import shutil
from contextlib import contextmanager

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from playwright.sync_api import expect

from cinnabar.kernel.refusal import Refusal, Refused
from cinnabar.tokens.models import SoftToken
from cinnabar.tokens.soft import proving
from tests.browser.bound import keep
from tests.browser.person import Person
from tests.support.bound import with_token
from tests.support.chromium import FLAGS, PHONE
from tests.support.finding import is_in
from tests.support.mail import received
from tests.support.soft import PIN, App, bind, row, show

pytestmark = pytest.mark.browser

ROUNDS = 600_000
GUESSES = ("111111", "123456", "502618", "730951", "918273", "402957")


@pytest.fixture
def env(env):
    return with_token(env)


@pytest.fixture
def at(env, chromium, visit, change_world, tmp_path):
    """Open a browser on a profile of that name, and close it: then all it keeps is on the disk."""
    change_world(env)

    @contextmanager
    def act(name):
        context = chromium.browser_type.launch_persistent_context(
            tmp_path / name,
            executable_path="/usr/bin/chromium",
            args=FLAGS,
            base_url=visit.base,
            viewport=PHONE,
            locale="zh-TW",
        )
        try:
            context.clock.set_fixed_time(env.clock.now())
            page = context.pages[0]
            page.goto("/app/code/")
            yield Person(page, env)
        finally:
            context.close()

    return act


def show_code(person, typed):
    person.page.get_by_label(person.say("otp.pin"), exact=True).fill(typed)
    person.button(person.say("otp.show")).click()
    code = person.page.locator("[data-code]")
    expect(code).to_have_text(re.compile(r"^\d{3} \d{3}$"))
    return code.inner_text().replace(" ", "")


def everything_in(folder):
    return b"\n".join(path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file())


def key_in(text, public):
    """Find the private number of a key in octets: 32 of them after their length (RFC 5915)."""
    for found in re.finditer(re.escape(bytes.fromhex("0201010420")), text):
        number = int.from_bytes(text[found.end() : found.end() + 32], "big")
        try:
            key = ec.derive_private_key(number, ec.SECP256R1())
        except ValueError:
            continue
        if key.public_key().public_numbers() == public:
            return key
    return None


def try_pin(env, app, typed):
    try:
        return proving.by_pin(env, *show(env, app, typed=typed), lambda held: held.key_id)
    except Refused as refused:
        return refused.refusal


def test_a_copied_profile_is_worth_five_guesses(env, clock, ming, at, tmp_path):
    with at("owner") as owner:
        app = bind(env, ming, App(seed=bytes(range(32)), salt=bytes(range(40, 56)), rounds=ROUNDS))
        keep(owner.page, app)
        owner.page.reload()
        seen = show_code(owner, PIN)
        assert seen == app.code(clock.now())
    shutil.copytree(tmp_path / "owner", tmp_path / "thief", symlinks=True)
    stolen = everything_in(tmp_path / "thief" / "Default")

    # The key that scripts cannot read out lies there to be read, and so do seed and salt.
    private = key_in(stolen, app.private.public_key().public_numbers())
    assert private is not None
    assert app.seed in stolen
    assert app.salt in stolen

    # Nothing there is made of the PIN, so there is nothing to compare a guess with.
    stretched = hashlib.pbkdf2_hmac("sha256", PIN.encode(), app.salt, ROUNDS)
    made = [stretched, app.secret(), app.vault_key(), hashlib.sha256(PIN.encode()).digest()]
    assert [secret for secret in made if is_in(secret, stolen)] == []
    with at("thief") as thief:
        other = show_code(thief, GUESSES[0])
        assert other == app.code(clock.now(), GUESSES[0])

    # So he has to ask the host, as the device that he can pretend to be, and it counts.
    copy = App(private=private, seed=app.seed, salt=app.salt, rounds=ROUNDS)
    most = env.firm.token.pin_max_wrong
    tried = [try_pin(env, copy, guess) for guess in GUESSES[:most]]
    assert tried == [Refusal.TOKEN_PIN_WRONG] * (most - 1) + [Refusal.TOKEN_LOCKED]
    assert try_pin(env, copy, PIN) is Refusal.TOKEN_LOCKED
    assert (row(app).state, row(app).sealed) == (SoftToken.LOCKED, None)
    assert any("PIN" in letter.text for letter in received(env))


def test_what_is_left_is_a_search_for_whoever_has_seen_a_code_too(env, clock, ming):
    """600,000 rounds a guess, no count: the documents say so."""
    owner = App(rounds=ROUNDS)
    seen = [owner.code(clock.now())]
    fitting = [pin for pin in (*GUESSES, PIN) if owner.code(clock.now(), pin) in seen]
    assert fitting == [PIN]
