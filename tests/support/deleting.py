"""憑證刪除, pressed rightly or wrongly, by people whose certificates are on their phones (P47)."""

from collections import Counter
from dataclasses import replace

from cinnabar.certificates.actions import delete
from cinnabar.certificates.models import Certificate
from cinnabar.certificates.states import State
from cinnabar.flows import queries as flows
from cinnabar.flows.visitor import Visitor
from tests.support.device import Device
from tests.support.presses import FLOWS, PRESSES, SEATS, Presses
from tests.support.walk import Begun, Seat

OURS: dict[str, tuple[int, dict[str, tuple[object, ...]]]] = {
    "open_a_deletion": (5, {"seat": SEATS, "key_here": (True, True, True, False)}),
    "sign_a_deletion": (
        5,
        {
            "seat": SEATS,
            "flow": FLOWS,
            "key": ("its", "its", "its", "stranger"),
            "text": ("its own", "its own", "its own", "an earlier one's"),
        },
    ),
    "delete_nearly_by_the_book": (
        9,
        {
            "seat": SEATS,
            "slip": (None, None, None, "unsigned", "stranger", "an earlier one's", "no finish"),
        },
    ),
}

BESIDE = (
    *("go_nearly_by_the_book", "a_certificate_comes_near_its_end", "touch_a_share", "finish"),
    *("the_branch_lifts_the_hold", "give_up", "sign_in_again", "finish_by_the_wrong_door"),
    "time_goes_by",
)

ALL = {name: PRESSES[name] for name in BESIDE} | OURS


class OnThePhone(Presses):
    """Everything of the centre, in the app of a firm that has the key sign its own deletion."""

    def __init__(self, reached: Counter[str]) -> None:
        super().__init__(reached)
        code = replace(self.env.firm.code, mobile_delete="key-signature")
        self.env = replace(self.env, firm=replace(self.env.firm, code=code))
        self.texts = [b"nothing"]

    def at(self, seat: int) -> tuple[Seat, Visitor]:
        at, visitor = super().at(seat)
        return at, replace(visitor, channel="mobile")

    def open_a_deletion(self, seat: int, *, key_here: bool) -> None:
        at, visitor = self.at(seat)
        with self.perhaps_refused("open a deletion"):
            flow = delete.open_deletion(self.env, visitor, key_here=key_here)
            assert delete.asks_signature(flow) is key_here
            begun = Begun(flow.id, "revoke", at, visitor.session, old=flow.target)
            begun.target = flow.target
            self.flows.append(begun)

    def sign_a_deletion(self, seat: int, flow: int, key: str, text: str) -> None:
        """Taken if and only if the key of the live one signed just this flow's text."""
        _, visitor, begun = self.at_flow(seat, flow)
        device = self.old_device(begun) if key == "its" else self.stranger
        mine = begun.belongs_to(visitor)
        said = self.texts[0]
        if mine and text == "its own":
            said = delete.statement(flows.of_visitor(self.env, visitor, begun.id))
            self.texts.append(said)
        with self.perhaps_refused("sign", mine=mine):
            delete.prove_key(self.env, visitor, begun.id, Device(device.key).sign(said))
            assert (key, text) == ("its", "its own")
            live = Certificate.objects.get(serial=begun.target)
            assert live.state == State.LIVE

    def delete_nearly_by_the_book(self, seat: int, slip: str | None) -> None:
        """A whole deletion, perhaps with one thing left out or wrong."""
        before = len(self.flows)
        self.open_a_deletion(seat, key_here=True)
        if len(self.flows) == before:
            self.go_nearly_by_the_book(seat, "apply", None, None)
            return
        if slip != "unsigned":
            text = slip if slip == "an earlier one's" else "its own"
            self.sign_a_deletion(seat, 0, "stranger" if slip == "stranger" else "its", text)
        if slip != "no finish":
            self.finish(seat, 0, None, "there")
