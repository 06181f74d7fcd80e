"""`cinnabar firm`: look at a firm file before it is used."""

import click

from cinnabar.firm.attacks import PAIRS, Attack, attacks
from cinnabar.firm.check import Shortfall, Waiting, shortfalls, waiting
from cinnabar.firm.faults import FirmFileError
from cinnabar.firm.load import load_firm
from cinnabar.firm.model import Firm
from cinnabar.firm.reference import reference
from cinnabar.firm.risk import NIST_RISK, GuessingRisk, expected_hits, guessing_risk
from cinnabar.words.overrides import refuse_unknown

_MILLION = 1_000_000
_MANY = 10

CLEAN, SHORT, UNREADABLE = 0, 1, 2


@click.group("firm")
def firm_group() -> None:
    """Look at firm files: the rules, numbers and texts of one firm."""


@firm_group.command("check")
@click.argument("file")
@click.pass_context
def check_command(context: click.Context, file: str) -> None:
    """Say where FILE falls short of the standards, and what attacks on it may expect.

    FILE is a path or the name of a shipped file. Ends with 0 if nothing falls short, 1 if
    something does, 2 if the file cannot be used.
    """
    try:
        firm = load_firm(file)
        refuse_unknown(firm)
    except FirmFileError as fault:
        click.echo(str(fault), err=True)
        context.exit(UNREADABLE)
    found = shortfalls(firm)
    click.echo(_heading(firm, len(found)))
    for short in found:
        click.echo(_told(short))
    click.echo(_risk(firm, guessing_risk(firm.code)))
    click.echo(_attacked(attacks(firm)))
    click.echo(_waiting(waiting(firm)), nl=False)
    context.exit(SHORT if found else CLEAN)


@firm_group.command("reference")
def reference_command() -> None:
    """Write the reference of every key, as docs/policy.md holds it."""
    click.echo(reference(), nl=False)


def _heading(firm: Firm, count: int) -> str:
    names = ", ".join(firm.identity.names.values())
    said = {0: "nothing falls short", 1: "1 choice falls short"}
    return f"{firm.identity.code} ({names}): {said.get(count, f'{count} choices fall short')}\n"


def _told(short: Shortfall) -> str:
    lines = [
        f"{short.key} = {short.value}",
        f"  falls short of   {short.ids}",
        f"  would satisfy    {short.wanted}",
        *(f"  {name:<16} {answer}" for name, answer in short.answers.items()),
    ]
    return "\n".join(lines) + "\n"


def _risk(firm: Firm, risk: GuessingRisk) -> str:
    """Return the numbers of the checklist's 1.A for this firm, one a line."""
    code = firm.code
    pause = int(code.resend_after.total_seconds())
    space = f"{risk.codes:,} ({risk.bits:.1f} bits)"
    million = f"{expected_hits(_MILLION, risk.account_day):,.0f} hits"
    hits = f"{risk.firm_day:.3g} hits expected, {risk.firm_year:.3g} a year"
    rows = (
        ("one code", f"{code.max_wrong} tries in {space}", _chance(risk.one_code)),
        ("one account, a day", f"{risk.tries_a_day} tries at most", _chance(risk.account_day)),
        (
            "the same without the caps",
            f"{risk.uncapped_codes:,} codes, one every {pause} s",
            _chance(risk.uncapped),
        ),
        ("accepted by NIST", "100 tries at six digits", _chance(NIST_RISK)),
        ("a million accounts, a day", "if only their own caps held", million),
        ("the whole firm, a day", f"budget of {code.firm_tighten_at:,} wrong entries", hits),
    )
    head = "Chance that a certificate code is guessed by somebody who has the password:"
    return "\n".join([head, *(f"  {what:<26} {how:<34} {so}" for what, how, so in rows), ""])


def _attacked(found: tuple[Attack, ...]) -> str:
    """Return what attacks of a day may expect, one a line."""
    head = f"What attacks may expect in a day, by somebody with {PAIRS:,} leaked passwords:"
    lines = [
        f"  {one.name:<31} {one.by:<22} {one.tries:>9,} tries  {_mean(one.hits):>9} {one.of}"
        for one in found
    ]
    return "\n".join([head, *lines, ""])


def _mean(hits: float) -> str:
    """Return 10000 as 10,000, 33.3 as 33, 0.0009 as 9.0e-4."""
    whole = hits == int(hits) or hits >= _MANY
    return f"{hits:,.0f}" if whole else _chance(hits)


def _chance(chance: float) -> str:
    """Return 0.351 as it is and 0.0009 as 9.0e-4."""
    figures, exponent = f"{chance:.1e}".split("e")
    small = 0.1
    return f"{chance:.3f}" if chance >= small else f"{figures}e{int(exponent)}"


def _waiting(choices: tuple[Waiting, ...]) -> str:
    if not choices:
        return ""
    lines = [f"  {one.key} = {one.value} ({one.ids}), with {one.part}" for one in choices]
    head = "These choices meet a clause, but the part of the product that acts on them is to come:"
    return "\n".join([head, *lines, ""])
