"""The rows of the tables, as the templates and scripts read them."""

import base64
from typing import Any

from cinnabar.certificates.queries import HostFacts, HostRow
from cinnabar.certificates.rules import HostState
from cinnabar.customers import queries as customers
from cinnabar.env import Env
from cinnabar.faces.web import dates
from cinnabar.faces.web.request import WebRequest
from cinnabar.flows.visitor import Visitor
from cinnabar.signer.protocol import authority_of

_TONES = {HostState.NORMAL: "ok", HostState.NEEDS_RENEWAL: "warn", HostState.EXPIRED: "bad"}


def server_row(request: WebRequest, masked_id: str, row: HostRow) -> dict[str, Any]:
    """Return the host's row of the table 本公司主機端 (P175)."""
    env = request.env
    return {
        "id": masked_id,
        "serial": row.serial,
        "serial_full": row.serial_full,
        "format": env.firm.certificate.format_label,
        "usage": env.firm.certificate.usage_label[request.language],
        "validity_from": dates.validity(env, row.not_before),
        "validity_to": dates.validity(env, row.not_after),
        "status": {
            "key": row.state.value,
            "label": request.words.say(f"state.web.{row.state.value}"),
            "tone": _TONES[row.state],
        },
        "window_from": dates.instant(env, row.window.opens),
        "window_to": dates.instant(env, row.window.closes),
        "action": {"key": row.act.value, "label": request.words.say(f"act.{row.act.value}")},
        "needs_code": row.needs_code,
    }


def host(env: Env, visitor: Visitor, facts: HostFacts) -> dict[str, Any]:
    """Return what a device needs to judge its own certificates (P161, P176)."""
    customer = customers.view(env, visitor.customer_id)
    return {
        "subject": visitor.subject,
        "masked_id": customer.masked_identifier,
        "now": env.clock.now().isoformat(),
        "live": facts.live,
        # For a device whose connection broke while its certificate was issued.
        "certificate": b64(facts.live_der) if facts.live_der else None,
        "chain": chain(env, facts.live_generation),
        "serials": {
            serial: {
                "state": fact.state.value,
                "not_before": fact.not_before.isoformat(),
                "not_after": fact.not_after.isoformat(),
            }
            for serial, fact in facts.serials.items()
        },
        "window_days": [
            env.firm.certificate.renew_days_before,
            env.firm.certificate.renew_days_after,
        ],
        "time_zone": str(env.firm.identity.timezone),
    }


def chain(env: Env, generation: int) -> list[str]:
    """Return what stands above a certificate of that generation, base64; empty once it ended."""
    issuer = authority_of(env.signer, generation)
    return [b64(issuer.issuing_der)] if issuer else []


def b64(octets: bytes) -> str:
    """Return octets as JSON carries them (RFC 4648, section 4)."""
    return base64.b64encode(octets).decode()
