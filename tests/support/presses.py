"""Every button of the certificate centre, pressed rightly or wrongly, and what must come of it."""

import hashlib
from datetime import timedelta

import pytest

from cinnabar.certificates import shares
from cinnabar.certificates.actions import apply, hold, issue, revoke
from cinnabar.certificates.models import Certificate
from cinnabar.certificates.states import State
from cinnabar.codes.rules import Verdict
from cinnabar.env import Env
from cinnabar.flows.actions import code, steps
from cinnabar.flows.visitor import Visitor
from cinnabar.kernel.refusal import Refused
from tests.support.carrying import Carrying
from tests.support.device import Device
from tests.support.walk import Begun, Letter

KINDS = ("apply", "renew", "revoke", "report-loss")
SEATS = (0, 0, 0, 1, 1, 2, 3)
FLOWS = (0, 0, 0, 0, 1, 2, 10, 11, 13)

# What may be pressed, how often, and how: each value of each list is as likely as the others.
PRESSES: dict[str, tuple[int, dict[str, tuple[object, ...]]]] = {
    "sign_in_again": (1, {"seat": SEATS}),
    "open": (5, {"seat": SEATS, "kind": KINDS}),
    "present": (
        8,
        {
            "seat": SEATS,
            "flow": FLOWS,
            "key": ("fresh", "fresh", "fresh", "same", "known"),
            "share": ("own", "own", "own", "again", "foreign"),
            "signed": ("old", "old", "old", "none", "stranger"),
        },
    ),
    "ask": (5, {"seat": SEATS, "flow": FLOWS}),
    "try_code": (
        7,
        {
            "seat": SEATS,
            "flow": FLOWS,
            "typed": ("right", "right", "wrong", "another flow's", "short"),
        },
    ),
    "finish": (
        9,
        {
            "seat": SEATS,
            "flow": FLOWS,
            "consent": ("today's", "today's", "today's", None, "2001-1"),
            "signer": ("there", "there", "there", "away"),
        },
    ),
    "finish_by_the_wrong_door": (1, {"seat": SEATS, "flow": FLOWS}),
    "give_up": (1, {"seat": SEATS, "flow": FLOWS}),
    "touch_a_share": (3, {"seat": SEATS, "share": (0, 0, 1, 2, 3), "what": ("release", "erase")}),
    "go_nearly_by_the_book": (
        22,
        {
            "seat": SEATS,
            "kind": ("apply", "apply", "renew", "revoke", *KINDS),
            "omitted": (None, None, None, None, "present", "ask", "try", "finish"),
            "slip": (
                *(None, None, None, None, "known key", "foreign share", "share again"),
                *("stranger", "stranger", "wrong code", "signer away", "signer away", "no consent"),
                *("in a hurry", "another request"),
            ),
        },
    ),
    "time_goes_by": (
        7,
        {"seconds": (1, 30, 61, 61, 61, 61, 61, 299, 301, 16 * 60, 31 * 60, 86400)},
    ),
    "a_certificate_comes_near_its_end": (6, {"days": (-10, -10, -10, 5, 40)}),
    "guess_on_and_on": (1, {"seat": SEATS, "kind": ("apply", "revoke")}),
    "somebody_resumes": (2, {}),
    "the_branch_lifts_the_hold": (4, {"seat": SEATS}),
}


class Presses(Carrying):
    """What people can do; each method is one press of a button."""

    def sign_in_again(self, seat: int) -> None:
        self.seats[seat].sign_in()

    def open(self, seat: int, kind: str) -> None:
        at, visitor = self.at(seat)
        live = Certificate.objects.filter(customer_id=visitor.customer_id, state=State.LIVE).first()
        with self.perhaps_refused("open"):
            if kind == "apply":
                flow = apply.open_application(self.env, visitor)
            elif kind == "renew":
                flow = apply.open_renewal(self.env, visitor)
            else:
                flow = revoke.open_revocation(self.env, visitor, lost=kind == "report-loss")
            old = live.serial if live else ""
            begun = Begun(flow.id, kind, at, visitor.session, old=old, target=flow.target)
            self.flows.append(begun)

    def present(self, seat: int, flow: int, key: str, share: str, signed: str) -> None:
        _, visitor, begun = self.at_flow(seat, flow)
        device = Device(self.key(begun, key))
        request = device.request()
        signer = self.old_device(begun) if signed == "old" else self.stranger
        signature = None if signed == "none" else signer.sign(request)
        with self.perhaps_refused("present", mine=begun.belongs_to(visitor)):
            named = self.share(seat, share)
            apply.present_request(
                self.env, visitor, begun.id, request, share=named, old_signature=signature
            )
            assert begun.kind != "renew" or signed == "old"
            begun.asked_for = device.key
            begun.target = hashlib.sha256(request).hexdigest()

    def ask(self, seat: int, flow: int) -> None:
        _, visitor, begun = self.at_flow(seat, flow)
        with self.perhaps_refused("ask", mine=begun.belongs_to(visitor)):
            code.ask_code(self.env, visitor, begun.id)
            until = self.clock.now() + self.env.firm.code.ttl
            letter = Letter(begun.id, begun.target, self.dice.heard, until)
            self.letters[visitor.customer_id, begun.kind] = letter

    def try_code(self, seat: int, flow: int, typed: str) -> None:
        """Accepted if and only if it is the newest of this flow and target, alive, not used."""
        _, visitor, begun = self.at_flow(seat, flow)
        letter = self.letters.get((visitor.customer_id, begun.kind))
        text = self.typed(letter, typed)
        with self.perhaps_refused("try", mine=begun.belongs_to(visitor)):
            tried = code.try_code(self.env, visitor, begun.id, text)
            self.reached[f"try: {tried.verdict}"] += 1
            if letter is None or not letter.counts(begun, self.clock.now()) or typed == "short":
                assert tried.verdict in {Verdict.CLOSED, Verdict.MALFORMED}
            elif tried.verdict is not Verdict.LIMIT:
                right = text == letter.text
                assert (tried.verdict is Verdict.ACCEPTED) is right
                letter.tries, letter.used = letter.tries + 1, right

    def guess_on_and_on(self, seat: int, kind: str) -> None:
        """Code after code, never three wrong tries of one: the day's count must stop it."""
        self.go_nearly_by_the_book(seat, kind, "finish", "wrong code")
        if not self.flows:
            return
        for guesses in (1, 2, 2, 2, 4):
            for _ in range(guesses):
                self.try_code(seat, 0, "wrong")
            self.clock.move(seconds=61)
            self.ask(seat, 0)

    def finish(self, seat: int, flow: int, consent: str | None, signer: str) -> None:
        _, visitor, begun = self.at_flow(seat, flow)
        version = self.env.firm.consent.version if consent == "today's" else consent
        env = self.signerless if signer == "away" else self.env
        with self.perhaps_refused("finish", mine=begun.belongs_to(visitor)):
            if begun.kind in {"revoke", "report-loss"}:
                revoke.revoke(env, visitor, begun.id)
            elif begun.kind in {"export", "import"}:
                self.carry(env, visitor, begun)
            else:
                issued = issue.issue(env, visitor, begun.id, consent=version, language="en")
                self.receive(begun, issued)
            self.reached[begun.kind] += 1
            begun.over = True

    def finish_by_the_wrong_door(self, seat: int, flow: int) -> None:
        _, visitor, begun = self.at_flow(seat, flow)
        ends = begun.kind in {"revoke", "report-loss"}
        with pytest.raises(Refused):
            (self._issue if ends else revoke.revoke)(self.env, visitor, begun.id)

    def _issue(self, env: Env, visitor: Visitor, flow: str) -> None:
        issue.issue(env, visitor, flow, consent=env.firm.consent.version, language="en")

    def give_up(self, seat: int, flow: int) -> None:
        _, visitor, begun = self.at_flow(seat, flow)
        steps.abandon(self.env, visitor, begun.id)
        begun.over = begun.belongs_to(visitor)

    def touch_a_share(self, seat: int, share: int, what: str) -> None:
        at, visitor = self.at(seat)
        named = at.shares[-1 - share % len(at.shares)] if at.shares else "none"
        with self.perhaps_refused(what):
            (shares.release if what == "release" else shares.erase_unused)(self.env, visitor, named)

    def go_nearly_by_the_book(
        self, seat: int, kind: str, omitted: str | None, slip: str | None
    ) -> None:
        """A whole flow, perhaps with a step left out and one done wrong."""
        before = len(self.flows)
        if slip != "in a hurry":
            self.clock.move(seconds=61)
        self.open(seat, kind)
        if len(self.flows) == before:
            kind = "apply" if kind != "apply" else "renew"
            self.open(seat, kind)
        if len(self.flows) == before:
            return
        if kind in {"apply", "renew"} and omitted != "present":
            key = "known" if slip == "known key" else "fresh"
            share = {"foreign share": "foreign", "share again": "again"}.get(slip or "", "own")
            self.present(seat, 0, key, share, "stranger" if slip == "stranger" else "old")
        if omitted != "ask":
            self.ask(seat, 0)
        if omitted != "try":
            self.try_code(seat, 0, "wrong" if slip == "wrong code" else "right")
        if slip == "another request":
            self.present(seat, 0, "fresh", "own", "old")
        if omitted != "finish":
            consent = None if slip == "no consent" else "today's"
            self.finish(seat, 0, consent, "away" if slip == "signer away" else "there")

    def time_goes_by(self, seconds: int) -> None:
        self.clock.move(seconds=seconds)

    def a_certificate_comes_near_its_end(self, days: int) -> None:
        live = Certificate.objects.filter(state=State.LIVE)
        ends = live.order_by("-not_after").values_list("not_after", flat=True).first()
        if ends is not None and ends.year < 2030:
            self.clock.set(max(ends + timedelta(days=days), self.clock.now()))

    def somebody_resumes(self) -> None:
        self.reached["resumed"] += issue.resume(self.env, older_than=timedelta())

    def the_branch_lifts_the_hold(self, seat: int) -> None:
        whose = self.seats[seat].customer
        lifted = hold.lift(self.env, whose.id, whose.subject, case="1")
        self.reached["hold lifted"] += lifted
