"""Passwords in words: the table of P110, the sections of the page of a change."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from cinnabar.centre.owned import Owned
from cinnabar.customers.queries import AccountView
from cinnabar.env import Env
from cinnabar.faces.web import dates, new_password
from cinnabar.faces.web.request import WebRequest
from cinnabar.flows.visitor import Visitor
from cinnabar.login import sessions
from cinnabar.passwords import due
from cinnabar.passwords.kinds import PasswordKind
from cinnabar.passwords.rules import Expiry, expires, expiry
from cinnabar.passwords.store import StoredRow

_JUST = timedelta(minutes=10)
"""How long the page that says what was changed has something to say."""

_TONES = {Expiry.GOOD: "ok", Expiry.SOON: "warn", Expiry.OVER: "bad"}


def table(request: WebRequest, visitor: Visitor, mine: Owned) -> dict[str, Any]:
    """Return the accounts whose passwords differ, as the table shows them (P109 to P114)."""
    began = sessions.began(visitor.session).password
    used = [row.encoded for row in mine.rows[PasswordKind.LOGIN] if row.id == began]
    listed = request.env.firm.accounts.lines_listed
    rows = [
        _row(request, mine, account, used)
        for account in mine.accounts
        if account.line.value in listed
    ]
    return {
        "rows": rows,
        "columns": request.env.firm.accounts.columns,
        "some_none": any(not row["href"] for row in rows),
        "scope": scope(request),
    }


def kinds(env: Env, mine: Owned, account: int | None) -> tuple[PasswordKind, ...]:
    """Return the passwords that a page changes; raise `Refused(NOT_FOUND)` if it is not his."""
    if not mine.stored(PasswordKind.LOGIN, account):
        return ()
    if mine.withdraws(env, account):
        return (PasswordKind.LOGIN, PasswordKind.WITHDRAWAL)
    return (PasswordKind.LOGIN,)


def sections(
    request: WebRequest, mine: Owned, shown: Sequence[PasswordKind], account: int | None
) -> dict[str, Any]:
    """Return the sections of the page of a change, with the boxes as they were ticked."""
    env, sent = request.env, request.method == "POST"
    in_step = env.firm.password.voice.in_step == "offered"
    return {
        "sections": [
            {
                "kind": kind.value,
                "old": f"{kind.value}_old",
                "asked": new_password.asked(request, kind, f"{kind.value}_new"),
                "voice": in_step and kind is PasswordKind.LOGIN,
                "chosen": request.POST.get(kind.value) == "yes"
                if sent
                else kind is PasswordKind.LOGIN,
            }
            for kind in shown
        ],
        "several": len(shown) > 1,
        "voice_chosen": request.POST.get("voice") == "yes",
        "whose": _whose(request, mine, account),
        "back": request.face.at("/" if account is None else "/passwords/change/"),
    }


def must(request: WebRequest, visitor: Visitor, mine: Owned) -> str:
    """Return why the password has to be changed before anything else; "" if it has not."""
    if not visitor.must_change:
        return ""
    began = sessions.began(visitor.session).password
    stored = mine.rows[PasswordKind.LOGIN]
    # Who came in without a password owes what its dates tell: any of them.
    used = next((row for row in stored if began in {row.id, None}), None)
    # What no date tells was found among the leaked ones when it was typed.
    reason = (used and due.of_row(request.env, used)) or due.Due.LEAKED
    return request.words.say(f"password-due.{reason.value}")


def consolidation(request: WebRequest, mine: Owned) -> dict[str, Any]:
    """Return what the page of 密碼歸戶 says."""
    return {
        "scope": scope(request),
        "asked": new_password.asked(request, PasswordKind.LOGIN, "new"),
        "has_withdrawal": bool(mine.rows[PasswordKind.WITHDRAWAL]),
        "voice_follows": "voice" in request.env.firm.accounts.consolidated_scope,
    }


def just_changed(request: WebRequest, mine: Owned) -> dict[str, Any]:
    """Return the passwords that were set in the last minutes."""
    since = request.env.clock.now() - _JUST
    new = {
        kind: [row for row in rows if row.changed_at >= since] for kind, rows in mine.rows.items()
    }
    return {
        "changed": [
            {
                "kind": request.words.say(f"passwords.kind.{kind.value}"),
                "at": dates.instant(request.env, row.changed_at),
                "whose": _whose(request, mine, row.account),
            }
            for kind, rows in new.items()
            for row in rows
        ],
        "with_voice": bool(new[PasswordKind.LOGIN] and new[PasswordKind.VOICE]),
        "portal": request.env.firm.password.success_link[request.language],
    }


def scope(request: WebRequest) -> str:
    """Return what one password is for, in words (P106)."""
    say = request.words.say
    return say("formats.join").join(
        say("passwords.consolidate.scope-voice") if one == "voice" else say(f"business-line.{one}")
        for one in request.env.firm.accounts.consolidated_scope
    )


def _row(
    request: WebRequest, mine: Owned, account: AccountView, used: Sequence[str]
) -> dict[str, Any]:
    say = request.words.say
    shown = {
        "line": say(f"business-line.{account.line.value}"),
        "kind": say("formats.join").join(
            say(f"passwords.kind.{kind.value}")
            for kind in kinds(request.env, mine, account.id) or (PasswordKind.LOGIN,)
        ),
        "branch": account.branch,
        "number": request.env.firm.masks.account(account.number),
    }
    stored = mine.stored(PasswordKind.LOGIN, account.id)
    if not stored:
        return {**shown, "href": "", "state": "", "changed": "", "expires": "", "expiry": ""}
    row = stored[0]
    same = "same" if row.encoded in used else "different"
    return {
        **shown,
        "href": request.face.at(f"/passwords/change/{account.id}/"),
        "state": say(f"passwords.state.{same}"),
        "changed": _day(request.env, row.changed_at),
        **_expiry(request, row),
    }


def _expiry(request: WebRequest, row: StoredRow) -> dict[str, str]:
    """Return when a password ends and how near that is; a dash for one that never does."""
    env = request.env
    policy, zone = env.firm.password.login, env.firm.identity.timezone
    ends = row.expires_at or expires(policy.max_age, row.changed_at, zone)
    if ends is None:
        return {"expires": "", "expiry": "", "tone": ""}
    state = expiry(ends, env.clock.now(), policy.remind)
    return {
        "expires": _day(env, ends),
        "expiry": request.words.say(f"password-expiry.{state.value}"),
        "tone": _TONES[state],
    }


def _whose(request: WebRequest, mine: Owned, account: int | None) -> str:
    say = request.words.say
    if account is None:
        several = len(request.env.firm.accounts.modes) > 1
        return say("passwords.change.one-for-all") if several else ""
    found = mine.account(account)
    number = request.env.firm.masks.account(found.number)
    line = say(f"business-line.{found.line.value}")
    return say("passwords.change.one-account", line=line, number=number)


def _day(env: Env, at: datetime) -> str:
    """Return the day of `at` as the table of passwords writes it (P187)."""
    return at.astimezone(env.firm.identity.timezone).strftime(env.firm.formats.password_date)
