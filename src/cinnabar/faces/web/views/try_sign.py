"""試簽: the server checks a sample order signed on this device."""

from django.http import HttpResponse
from django.views.decorators.http import require_POST

from cinnabar.certificates.orders import Checked, check_order
from cinnabar.env import Env
from cinnabar.faces.web import dates
from cinnabar.faces.web.answers import answer
from cinnabar.faces.web.inputs import read_body
from cinnabar.faces.web.request import WebRequest
from cinnabar.faces.web.visitor import signed_in
from cinnabar.flows.visitor import Visitor

_ORDER, _SIGNATURE = 2000, 16 * 1024


@require_POST
@signed_in
def verify(request: WebRequest, env: Env, visitor: Visitor) -> HttpResponse:
    """Say what the server sees of a signed order."""
    body = read_body(request, "order", "signature")
    checked = check_order(
        env,
        visitor,
        body.text("order", most=_ORDER),
        body.octets("signature", most=_SIGNATURE),
    )
    return answer(_shown(request, checked))


def _shown(request: WebRequest, checked: Checked) -> dict[str, object]:
    say, env = request.words.say, request.env
    state = checked.state.value if checked.state else "unknown"
    return {
        "valid": not checked.findings,
        "signer": checked.signer,
        "masked_id": checked.masked_id,
        "serial": checked.serial,
        "status": state,
        "status_label": say(f"state.host.{state}"),
        "signed_at": dates.instant(env, checked.signed_at) if checked.signed_at else "",
        "verified_at": dates.instant(env, checked.verified_at),
        "findings": [say(f"finding.{finding.value}") for finding in checked.findings],
    }
