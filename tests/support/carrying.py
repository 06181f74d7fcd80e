"""Exporting and importing, pressed rightly or wrongly; part of presses.py."""

from abc import ABC, abstractmethod

from cinnabar.certificates import shares
from cinnabar.certificates.actions import exporting, importing
from cinnabar.certificates.models import Certificate
from cinnabar.env import Env
from cinnabar.flows import queries as flows
from cinnabar.flows.visitor import Visitor
from tests.support.device import Device
from tests.support.walk import Begun, Scene, Seat

SEATS = (2, 2, 2, 2, 3, 3, 0, 1)
"""Mostly the second browsers of both: the first ones have what may be carried there."""
FLOWS = (0, 0, 0, 0, 1, 2, 10, 11, 13)

PRESSES: dict[str, tuple[int, dict[str, tuple[object, ...]]]] = {
    "open_an_export": (4, {"seat": SEATS, "share": (0, 0, 0, 1, 2, 9)}),
    "open_an_import": (
        5,
        {
            "seat": SEATS,
            "which": ("his", "his", "newest", "oldest", "junk"),
            "anew": (False, False, False, True),
        },
    ),
    "show_the_key": (
        5,
        {
            "seat": SEATS,
            "flow": FLOWS,
            "key": ("its", "its", "its", "stranger"),
            "share": ("own", "own", "own", "again", "foreign"),
        },
    ),
    "carry_nearly_by_the_book": (
        25,
        {
            "seat": SEATS,
            "way": ("out", "in", "in"),
            "slip": (None, None, None, "no proof", "stranger", "foreign share", "no finish"),
        },
    ),
}


class Carrying(Scene, ABC):
    """What people do with backups."""

    def open_an_export(self, seat: int, share: int) -> None:
        at, visitor = self.at(seat)
        named = self._shares_of(at)[-1 - share % len(self._shares_of(at))]
        with self.perhaps_refused("export"):
            flow = exporting.open_export(self.env, visitor, named)
            self.flows.append(Begun(flow.id, "export", at, visitor.session, target=flow.target))

    def open_an_import(self, seat: int, which: str, *, anew: bool) -> None:
        at, visitor = self.at(seat)
        signed = Certificate.objects.exclude(der=None)
        if which == "his":
            signed = signed.filter(customer_id=visitor.customer_id)
        row = signed.order_by("id" if which == "oldest" else "-id").first()
        der = b"junk" if row is None or row.der is None or which == "junk" else bytes(row.der)
        with self.perhaps_refused("import"):
            flow = importing.open_import(self.env, visitor, der, anew=anew)
            begun = Begun(flow.id, "import", at, visitor.session, target=flow.target)
            begun.old = flow.target
            self.flows.append(begun)

    def show_the_key(self, seat: int, flow: int, key: str, share: str) -> None:
        _, visitor, begun = self.at_flow(seat, flow)
        device: Device = self.old_device(begun) if key == "its" else self.stranger
        with self.perhaps_refused("possession", mine=begun.belongs_to(visitor)):
            named = self.share(seat, share)
            signed = b"no flow of an import"
            if begun.kind == "import" and begun.belongs_to(visitor):
                view = flows.of_visitor(self.env, visitor, begun.id)
                signed = device.sign(importing.to_sign(view, named))
            importing.prove_possession(self.env, visitor, begun.id, named, signed)
            assert begun.kind == "import"
            assert key == "its"

    def carry(self, env: Env, visitor: Visitor, begun: Begun) -> None:
        """Take the last step of either."""
        if begun.kind == "export":
            handed = exporting.export(env, visitor, begun.id)
            assert handed.serial == begun.target
            assert handed.share == shares.release(env, visitor, handed.share.id)
            self.reached["carried out"] += 1
            return
        imported = importing.finish_import(env, visitor, begun.id)
        assert imported.serial == begun.target
        self.reached["carried in"] += 1

    def carry_nearly_by_the_book(self, seat: int, way: str, slip: str | None) -> None:
        """A whole export or import, perhaps with a step left out or done wrong."""
        before = len(self.flows)
        if way == "out":
            self.open_an_export(seat, 0)
        else:
            self.open_an_import(seat, "his", anew=False)
        if len(self.flows) == before:
            return
        if way == "in" and slip != "no proof":
            share = "foreign" if slip == "foreign share" else "own"
            self.show_the_key(seat, 0, "stranger" if slip == "stranger" else "its", share)
        if way == "out" and slip != "no proof" and self.env.firm.certificate.export_code:
            self.ask(seat, 0)
            self.try_code(seat, 0, "wrong" if slip == "stranger" else "right")
        if slip != "no finish":
            self.finish(seat, 0, None, "there")

    @abstractmethod
    def ask(self, seat: int, flow: int) -> None:
        """Ask for a code."""

    @abstractmethod
    def try_code(self, seat: int, flow: int, typed: str) -> None:
        """Type one."""

    @abstractmethod
    def finish(self, seat: int, flow: int, consent: str | None, signer: str) -> None:
        """The page's last step, whichever flow it is of."""

    def _shares_of(self, at: Seat) -> list[str]:
        """Return the shares a seat made, those of certificates last."""
        rows = Certificate.objects.filter(share_id__in=at.shares).order_by("id")
        return [*(at.shares or ["none"]), *(str(row.share_id) for row in rows)]
