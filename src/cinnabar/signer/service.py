"""`cinnabar signer`: the signer of an installation, running until it is told to stop."""

import signal
import threading
from collections.abc import Callable
from dataclasses import dataclass

from cinnabar.firm.model import Firm
from cinnabar.kernel.clock import Clock
from cinnabar.kernel.dice import Dice
from cinnabar.signer.core import open_signer
from cinnabar.signer.files import Places
from cinnabar.signer.guard import Rules
from cinnabar.signer.renewal import Renewal
from cinnabar.signer.server import Doors, SignerServer

_BETWEEN_LOOKS = 6 * 3600.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Service:
    """What a signer's process is made of; `per_minute` bounds new certificates."""

    places: Places
    firm: Firm
    base_url: str
    clock: Clock
    dice: Dice
    doors: Doors
    per_minute: int

    def run(self, ready: Callable[[], None]) -> None:
        """Serve until SIGTERM or SIGINT; call `ready` once questions are answered.

        Raises `KeyUnusable`, `LedgerDamaged` or `OSError`, each with a sentence.
        """
        rules = Rules(
            certificate=self.firm.certificate,
            status=self.firm.status,
            base_url=self.base_url,
            per_minute=self.per_minute,
        )
        signer = open_signer(self.places, rules, self.clock)
        renewal = Renewal(
            places=self.places,
            firm=self.firm,
            base_url=self.base_url,
            clock=self.clock,
            dice=self.dice,
            keys=signer.keys,
            ledger=signer.ledger,
        )
        over = threading.Event()
        try:
            renewal.look()
            server = SignerServer(signer, self.places.socket, self.doors)
            for number in (signal.SIGTERM, signal.SIGINT):
                signal.signal(number, lambda _number, _frame: server.stop())
            threading.Thread(target=_look_now_and_again, args=(renewal, over), daemon=True).start()
            ready()
            server.serve()
        finally:
            over.set()
            signer.close()


def _look_now_and_again(renewal: Renewal, over: threading.Event) -> None:
    while not over.wait(_BETWEEN_LOOKS):
        renewal.look()
