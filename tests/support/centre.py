"""The flows of the certificate centre, as a customer goes through them."""

from dataclasses import dataclass, field

from cinnabar.certificates import shares
from cinnabar.certificates.actions import apply, delete, exporting, importing, issue, revoke
from cinnabar.certificates.actions.exporting import Exported
from cinnabar.certificates.actions.importing import Imported
from cinnabar.certificates.actions.issue import Issued
from cinnabar.certificates.models import Certificate
from cinnabar.codes.rules import Verdict
from cinnabar.env import Env
from cinnabar.flows.actions import code
from cinnabar.flows.visitor import Visitor
from cinnabar.kernel.dice import LoadedDice
from tests.support.device import Device, new_key


@dataclass
class Customer:
    """A customer at his device, with the steps of each flow."""

    env: Env
    visitor: Visitor
    device: Device = field(default_factory=Device)

    def apply(self) -> Issued:
        flow = self.ready_to_finish()
        return self.finish(flow)

    def ready_to_finish(self) -> str:
        """Everything of an application but the last step."""
        flow = self.open()
        self.present(flow)
        self.prove_code(flow)
        return flow

    def open(self) -> str:
        return apply.open_application(self.env, self.visitor).id

    def present(self, flow: str, *, old: Device | None = None, share: str = "") -> None:
        request = self.device.request()
        apply.present_request(
            self.env,
            self.visitor,
            flow,
            request,
            share=share or shares.make(self.env, self.visitor).id,
            old_signature=old.sign(request) if old else None,
        )

    def prove_code(self, flow: str, text: str = "5523") -> None:
        typed = text.rjust(self.env.firm.code.length, "0")
        assert isinstance(self.env.dice, LoadedDice)
        self.env.dice.load(typed)
        code.ask_code(self.env, self.visitor, flow)
        tried = code.try_code(self.env, self.visitor, flow, typed)
        assert tried.verdict is Verdict.ACCEPTED

    def finish(self, flow: str, *, consent: str | None = "now") -> Issued:
        version = self.env.firm.consent.version if consent == "now" else consent
        return issue.issue(self.env, self.visitor, flow, consent=version, language="zh-Hant-TW")

    def renew(self) -> Issued:
        flow = apply.open_renewal(self.env, self.visitor).id
        old, self.device = self.device, Device(new_key())
        self.present(flow, old=old)
        if apply.renewal_needs_code(self.env, self.visitor):
            self.prove_code(flow)
        return self.finish(flow, consent=None)

    def revoke(self) -> str:
        flow = revoke.open_revocation(self.env, self.visitor, lost=False).id
        self.prove_code(flow)
        return revoke.revoke(self.env, self.visitor, flow)

    def delete(self, *, signer: Device | None = None, key_here: bool = True) -> str:
        """Delete the mobile certificate as its pages do; `signer` holds another key than it has."""
        flow = delete.open_deletion(self.env, self.visitor, key_here=key_here)
        if delete.asks_signature(flow):
            signature = (signer or self.device).sign(delete.statement(flow))
            delete.prove_key(self.env, self.visitor, flow.id, signature)
        return revoke.revoke(self.env, self.visitor, flow.id)

    def report_loss(self) -> str:
        flow = revoke.open_revocation(self.env, self.visitor, lost=True).id
        return revoke.revoke(self.env, self.visitor, flow)

    def ready_to_export(self, share: str = "") -> str:
        """Everything of an export but the last step, of the key that was made here or `share`."""
        share = share or str(Certificate.objects.latest("id").share_id)
        opened = exporting.open_export(self.env, self.visitor, share)
        if self.env.firm.certificate.export_code:
            self.prove_code(opened.id)
        return opened.id

    def export(self, share: str = "") -> Exported:
        return exporting.export(self.env, self.visitor, self.ready_to_export(share))

    def ready_to_bring(
        self, der: bytes, *, share: str | None = None, anew: bool = False
    ) -> tuple[str, str]:
        """Everything of an import but the last step: the share, new unless given, and the flow."""
        flow = importing.open_import(self.env, self.visitor, der, share=share, anew=anew)
        share = share or shares.make(self.env, self.visitor).id
        signature = self.device.sign(importing.to_sign(flow, share))
        importing.prove_possession(self.env, self.visitor, flow.id, share, signature)
        return share, flow.id

    def bring(self, der: bytes, *, anew: bool = False) -> tuple[str, Imported]:
        share, flow = self.ready_to_bring(der, anew=anew)
        return share, importing.finish_import(self.env, self.visitor, flow)
