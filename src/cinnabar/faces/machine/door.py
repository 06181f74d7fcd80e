"""Who is at the door: a machine with a signed request or with a client certificate (API-04)."""

from dataclasses import dataclass

from cinnabar.faces.machine.callers import Callers
from cinnabar.faces.machine.signed import certificates, signatures
from cinnabar.faces.machine.signed.request import Fault, Sent, Unproved
from cinnabar.kernel.clock import Clock


@dataclass(frozen=True, slots=True, kw_only=True)
class Door:
    """Lets in whom the file of callers names; `trusted` are the TLS proxies' addresses."""

    callers: Callers
    trusted: tuple[str, ...]
    clock: Clock

    def caller(self, sent: Sent) -> str:
        """Return the name of the machine that sent the request.

        Raises `Unproved`, and `CallersError` if the file is damaged. A request that is signed
        stands or falls with its signature: a proxy's word does not mend a wrong one.
        """
        now = self.clock.now()
        if signatures.is_signed(sent):
            found = self.callers.name("key", signatures.verify(sent, self.callers.key, now))
        elif certificates.is_vouched_for(sent, self.trusted):
            found = self.callers.name(
                "certificate", certificates.verify(sent, self._has_certificate, now)
            )
        else:
            raise Unproved(Fault.NO_PROOF)
        if found is None:
            raise Unproved(Fault.UNKNOWN)
        return found

    def _has_certificate(self, fingerprint: str) -> bool:
        return self.callers.name("certificate", fingerprint) is not None
