"""Two customers, nobody and three browsers pressing everything of the password centre.

Whoever presses overhears every code and reads every mail: what keeps a password then is that a
code, a link, a certificate counts for its own claim, browser and account, and for nothing else.
"""

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace

from cinnabar.centre import certificate, finish, identify, mailed, offer, opening, reissue, unlock
from cinnabar.centre.change import Wish, change
from cinnabar.centre.consolidate import consolidate
from cinnabar.customers import queries as customers
from cinnabar.customers.queries import CustomerView
from cinnabar.flows.kinds import FlowKind
from cinnabar.flows.models import Flow, Proof
from cinnabar.flows.visitor import Stranger, Visitor
from cinnabar.kernel.clock import FrozenClock
from cinnabar.kernel.refusal import Refusal, Refused
from cinnabar.kernel.secrets import Password
from cinnabar.login.actions import resume
from cinnabar.passwords.actions import set_password
from cinnabar.passwords.kinds import PasswordKind
from cinnabar.signer.core import LocalSigner
from tests.support.claims import Held, with_certificate
from tests.support.customers import add_customer
from tests.support.mail import received
from tests.support.mailed import secret
from tests.support.people import PASSWORD
from tests.support.signing import sign_in
from tests.support.walk import OverheardDice
from tests.support.world import TEN_IN_TAIPEI, make_env

BORN, ANOTHER_DAY = "19900201", "19900202"
PEOPLE = (("A123456789", "yes"), ("B223456782", "no"))
NOBODY = "C123456781"
BROWSERS = ("a" * 64, "b" * 64, "c" * 64)
REISSUE = FlowKind.REISSUE


@dataclass
class Person:
    """A customer, what his passwords are, and his certificate."""

    view: CustomerView
    held: Held
    known: dict[int | None, str] = field(default_factory=dict)


class Recovering:
    """The scene of one walk. Each method is a press; its options are drawn by dice."""

    def __init__(self, reached: Counter[str]) -> None:
        self.clock = FrozenClock(TEN_IN_TAIPEI)
        self.dice = OverheardDice(1)
        self.env = replace(make_env(clock=self.clock), dice=self.dice)
        self.reached = reached
        self.people = [self._person(n) for n in range(2)]
        self.flows: dict[tuple[int, FlowKind], str] = {}
        self.codes: list[str] = ["0" * self.env.firm.pass_code.length]
        self.acted = ""
        self.made = 0

    def _person(self, n: int) -> Person:
        identifier, one_for_all = PEOPLE[n]
        customer = add_customer(
            self.env,
            identifier=identifier,
            mobile=f"091234567{n}",
            email=f"customer{n}@example.com",
            name="王大明",
            accounts=f"securities:台北:100{n};futures:期貨台北:200{n};overseas:複委託:300{n}",
            consolidated=one_for_all,
        )
        accounts = [one.id for one in customers.accounts(customer.id)]
        mine = [None] if one_for_all == "yes" else accounts
        set_password(self.env, customer.id, PASSWORD, accounts=mine)
        held = with_certificate(self.env, customer)
        view = customers.view(self.env, customer.id)
        return Person(view, held, dict.fromkeys(mine, PASSWORD.reveal()))

    def leave(self) -> None:
        assert isinstance(self.env.signer, LocalSigner)
        self.env.signer.close()

    # --- before anybody is known -------------------------------------------------------------

    def say_who(self, at: int, whose: str, kind: str) -> None:
        typed = {"nobody": NOBODY, "first": PEOPLE[0][0], "second": PEOPLE[1][0]}
        day = ANOTHER_DAY if whose == "wrong day" else BORN
        identifier = typed.get(whose, PEOPLE[0][0])
        with self.perhaps_refused(f"say {kind}"):
            flow = identify.identify(self.env, self.at(at), FlowKind(kind), identifier, day)
            self.flows[at, FlowKind(kind)] = flow.id

    def prove(self, at: int, kind: str, whose: str) -> None:
        held = self.people[1 if whose == "second" else 0].held
        place = certificate.Place(FlowKind(kind), self.flow(at, FlowKind(kind)))
        with self.perhaps_refused("prove"):
            text = certificate.challenge(self.env, self.at(at), place)
            signed = held.sign(self.env, text)
            right = certificate.prove(self.env, self.at(at), place, text, signed)
            self.reached[f"prove: {right}"] += 1

    # --- a reissue -------------------------------------------------------------------------------

    def go_without(self, at: int) -> None:
        with self.perhaps_refused("go without"):
            reissue.go_without(self.env, self.at(at), self.flow(at))

    def request(self, at: int, account: str, channel: str) -> None:
        with self.perhaps_refused("request"):
            chosen = self._account(at, account)
            reissue.request(self.env, self.at(at), self.flow(at), chosen, channel)
            self._overhear()

    def request_mail(self, at: int) -> None:
        with self.perhaps_refused("request mail"):
            shown = offer.shown(self.env, self.at(at), self.flow(at))
            choice = shown.choices[0].value
            mailed.request(self.env, self.at(at), self.flow(at), choice)

    def the_worker_comes_round(self) -> None:
        mailed.send_waiting(self.env)

    def open_mail(self, at: int, which: str) -> None:
        mails = [one for one in received(self.env) if re.search("/link/#|補發代碼", one.text)]
        texts = [secret(one) for one in mails]
        text = texts[0 if which == "newest" else -1] if texts else "f" * 64
        with self.perhaps_refused("open"):
            self.flows[at, REISSUE] = opening.open_link(self.env, self.at(at), text).id

    def ask_again(self, at: int) -> None:
        with self.perhaps_refused("ask again"):
            reissue.ask_again(self.env, self.at(at), self.flow(at))
            self._overhear()

    def verify(self, at: int, which: str) -> None:
        newest = self.codes[-1]
        older = self.codes[-2] if len(self.codes) > 1 else newest
        wrong = f"{(int(newest) + 1) % 10 ** len(newest):0{len(newest)}}"
        typed = {"newest": newest, "older": older, "wrong": wrong}[which]
        with self.perhaps_refused("verify"):
            reissue.try_code(self.env, self.at(at), self.flow(at), typed)

    def see_initial(self, at: int) -> None:
        with self.perhaps_refused("initial"):
            self.acted = self.flow(at)
            digits = finish.initial(self.env, self.at(at), self.flow(at))
            self.reached[f"initial: {digits is not None}"] += 1

    def finish(self, at: int) -> None:
        with self.perhaps_refused("finish"):
            self.acted = self.flow(at)
            finish.finish(self.env, self.at(at), self.flow(at), self.fresh())

    # --- a lock ----------------------------------------------------------------------------------

    def sign_in_wrong(self, whose: int) -> None:
        with self.perhaps_refused("wrong sign-in"):
            typed = self.people[whose].view.identifier
            sign_in(self.env, typed, Password("neither1"), address="203.0.113.9")

    def lift(self, at: int) -> None:
        with self.perhaps_refused("lift"):
            self.acted = self.flow(at, FlowKind.UNLOCK)
            unlock.on_page(self.env, self.at(at), self.acted)

    # --- signed in -------------------------------------------------------------------------------

    def change(self, whose: int, old: str, account: str) -> None:
        person = self.people[whose]
        with self.perhaps_refused("change"):
            visitor = self._sign_in(person)
            mine = self._mine(person, account)
            typed = Password("neither1") if old == "wrong" else self._old(person, mine)
            self.acted = f"right old password of {person.view.id}" if old == "right" else ""
            wish = Wish(kind=PasswordKind.LOGIN, old=typed, new=self.fresh())
            change(self.env, visitor, [wish], account=mine, voice=False)
            person.known[mine] = wish.new.reveal()

    def consolidate(self, whose: int, old: str) -> None:
        person = self.people[whose]
        with self.perhaps_refused("consolidate"):
            visitor = self._sign_in(person)
            typed = Password("neither1") if old == "wrong" else self._old(person, None)
            self.acted = f"right old password of {person.view.id}" if old == "right" else ""
            new = self.fresh()
            consolidate(self.env, visitor, typed, new)
            person.known = {None: new.reveal()}

    def wait(self, seconds: int) -> None:
        self.clock.move(seconds=seconds)

    def go_on(self, at: int, kind: str) -> None:
        """Do what the page would ask next, so that walks arrive somewhere."""
        flow = Flow.objects.filter(pk=self.flows.get((at, FlowKind(kind)), "")).first()
        if flow is None or flow.customer_id is None or flow.state not in {"open", "acting"}:
            self.say_who(at, "first" if at % 2 else "second", kind)
            return
        proved = set(Proof.objects.filter(flow=flow, target=flow.session).values_list("kind"))
        whose = "second" if flow.customer_id == self.people[1].view.id else "first"
        if kind == "reissue":
            self._go_on_reissuing(at, flow, whose)
        elif ("certificate",) in proved:
            for _ in range(self.env.firm.login.max_wrong):
                self.sign_in_wrong(0 if whose == "first" else 1)
            self.lift(at)
        else:
            self.prove(at, kind, whose)

    def _go_on_reissuing(self, at: int, flow: Flow, whose: str) -> None:
        proved = {kind for (kind,) in Proof.objects.filter(flow=flow).values_list("kind")}
        if "code" in proved:
            self.see_initial(at) if "initial" not in flow.facts else self.finish(at)
        elif "asked_at" in flow.facts:
            self.verify(at, "newest")
        elif "link" in proved:
            self.ask_again(at)
        elif flow.facts.get("way") == "mailed":
            self.request_mail(at)
            self.the_worker_comes_round()
            self.open_mail((at + 1) % 3, "newest")
        elif "certificate" in proved:
            self.request(at, "first", "sms")
        elif at == 0:
            self.go_without(at)
        else:
            self.prove(at, "reissue", whose)

    # --- what presses need -----------------------------------------------------------------------

    def at(self, browser: int) -> Stranger:
        return Stranger(visit=BROWSERS[browser], address=f"203.0.113.{browser}")

    def flow(self, at: int, kind: FlowKind = REISSUE) -> str:
        """Return the browser's own flow of that kind; without one, anybody's."""
        others = [flow for (_, of), flow in self.flows.items() if of is kind]
        return self.flows.get((at, kind)) or (others or ["none"])[-1]

    def fresh(self) -> Password:
        """Return a password that nobody had."""
        self.made += 1
        return Password(f"Kite{self.made:04}fly"[: self.env.firm.password.login.max])

    def _overhear(self) -> None:
        if len(self.dice.heard) == self.env.firm.pass_code.length:
            self.codes.append(self.dice.heard)

    def _account(self, at: int, which: str) -> str:
        """Return an account of whom the claim is, of the other, or none."""
        flow = Flow.objects.filter(pk=self.flow(at)).first()
        mine = flow.customer_id if flow else None
        others = [p.view.id for p in self.people if p.view.id != mine]
        whose = others[0] if which == "another's" else mine
        accounts = customers.accounts(whose or 0)
        return str(accounts[0].id) if accounts and which != "none" else ""

    def _sign_in(self, person: Person) -> Visitor:
        for known in set(person.known.values()):
            with self.perhaps_refused("sign-in"):
                typed = person.view.identifier
                tokens = sign_in(self.env, typed, Password(known), address="203.0.113.7")
                here = resume(self.env, tokens.session, tokens.device, address="203.0.113.7")
                assert here is not None
                return here
        raise Refused(Refusal.SIGN_IN_FAILED)

    def _mine(self, person: Person, account: str) -> int | None:
        accounts = [one.id for one in customers.accounts(person.view.id)]
        return None if account == "all" else accounts[0]

    def _old(self, person: Person, account: int | None) -> Password:
        return Password(person.known.get(account) or next(iter(person.known.values())))

    @contextmanager
    def perhaps_refused(self, step: str) -> Iterator[None]:
        """Count what became of a step."""
        try:
            yield
        except Refused as no:
            self.reached[f"{step}: {no.refusal.value}"] += 1
            return
        self.reached[step] += 1


AT = (0, 1, 2)
KINDS = ("reissue", "unlock")

PRESSES: Mapping[str, tuple[int, Mapping[str, tuple[object, ...]]]] = {
    "go_on": (12, {"at": AT, "kind": ("reissue", "reissue", "unlock")}),
    "say_who": (1, {"at": AT, "whose": ("first", "second", "nobody", "wrong day"), "kind": KINDS}),
    "prove": (2, {"at": AT, "kind": KINDS, "whose": ("first", "second")}),
    "go_without": (1, {"at": AT}),
    "request": (
        2,
        {"at": AT, "account": ("first", "another's", "none"), "channel": ("sms", "email", "fax")},
    ),
    "request_mail": (1, {"at": AT}),
    "the_worker_comes_round": (1, {}),
    "open_mail": (2, {"at": AT, "which": ("newest", "oldest")}),
    "ask_again": (1, {"at": AT}),
    "verify": (3, {"at": AT, "which": ("newest", "older", "wrong")}),
    "see_initial": (2, {"at": AT}),
    "finish": (3, {"at": AT}),
    "sign_in_wrong": (3, {"whose": (0, 1)}),
    "lift": (2, {"at": AT}),
    "change": (2, {"whose": (0, 1), "old": ("right", "wrong"), "account": ("all", "first")}),
    "consolidate": (1, {"whose": (0, 1), "old": ("right", "wrong")}),
    "wait": (2, {"seconds": (1, 130, 400, 90_000)}),
}
"""What can be pressed: how often, and with which options."""
