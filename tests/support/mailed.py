"""Somebody without a certificate, who gets his mail and goes on from it."""

import re

from cinnabar.centre import mailed, offer, opening, reissue
from cinnabar.env import Env
from cinnabar.messages.queries import Letter
from tests.support.claims import BORN, Claim
from tests.support.mail import received

ELSEWHERE = "b" * 64
"""The browser in which the mail is opened."""


def without(env: Env, identifier: str = "A123456789", birth: str = BORN, **where: str) -> Claim:
    """Say who it is and go the way without a certificate."""
    claim = Claim(env, **where).identify(identifier, birth)
    reissue.go_without(env, claim.stranger, claim.flow)
    return claim


def shown(claim: Claim) -> offer.Shown:
    """Look at page two."""
    return offer.shown(claim.env, claim.stranger, claim.flow)


def confirm(claim: Claim, account: str = "") -> None:
    """Press 確定申請, for the first account unless another is named."""
    account = account or shown(claim).choices[0].value
    mailed.request(claim.env, claim.stranger, claim.flow, account)


def letters(env: Env) -> tuple[Letter, ...]:
    """Let the worker do its part and return all letters, newest first."""
    mailed.send_waiting(env)
    return received(env)


def mails(env: Env) -> list[Letter]:
    return [letter for letter in letters(env) if letter.channel == "email"]


def secret(letter: Letter) -> str:
    """Return what the link of a mail carries, or the code it shows."""
    found = re.search(r"/passwords/link/#(\S+)", letter.text)
    typed = re.search(r"\b[0-9A-Z]{5}-[0-9A-Z]{5}\b", letter.text)
    assert found or typed, letter.text
    return found[1] if found else typed[0]


def opens(letter: Letter) -> bool:
    """Tell whether a letter is one that a reissue goes on from."""
    return "/passwords/link/" in letter.text or "補發代碼" in letter.text


def open_mail(env: Env, text: str, *, at: str = ELSEWHERE) -> Claim:
    """Spend the secret in another browser; return the claim it goes on in."""
    claim = Claim(env, at=at)
    claim.flow = opening.open_link(env, claim.stranger, text).id
    return claim


def asked_by_mail(env: Env, account: str = "", **where: str) -> Claim:
    """Everything up to the SMS: the mail was asked for and its link opened elsewhere."""
    confirm(without(env, **where), account)
    return open_mail(env, secret(mails(env)[0]))
