"""A secret that was replaced is shown again: somebody has a copy (docs/flows/devices.md)."""

from django.db import transaction

from cinnabar.codes import notices
from cinnabar.customers import queries as customers
from cinnabar.customers.locks import lock_customer
from cinnabar.env import Env
from cinnabar.journal import alarms
from cinnabar.journal.actions import record
from cinnabar.journal.events import Event
from cinnabar.kernel.agents import read_agent
from cinnabar.kernel.masks import mask_address
from cinnabar.kernel.secrets import Secret
from cinnabar.login import devices
from cinnabar.login.devices import Known, Shown
from cinnabar.login.models import Device, KnownDevice, Session
from cinnabar.login.series import Series, Standing, device_name, former_name, judge
from cinnabar.login.soft import copied_tokens
from cinnabar.messages.kinds import Kind


def known(env: Env, customer_id: int | None, token: Secret | None, *, address: str) -> Known | None:
    """Return the device that shows `token` if the customer is known on it.

    One statement, whoever he is; a stale secret ends it, as `end` does.
    """
    return _watched(env, customer_id, token, address).known


def watched(env: Env, token: Secret | None, *, address: str) -> str:
    """Return what keys and acts on the device are bound to, "" for none that goes on.

    A stale secret ends it, as `end` does.
    """
    shown = _watched(env, None, token, address)
    return "" if shown.standing in {Standing.NEW, Standing.STALE} else shown.name


def is_on(env: Env, device: Device, token: Secret, *, address: str) -> bool:
    """Tell whether a session on `device` may go on with this cookie; a stale one ends it."""
    if device.id not in {device_name(token), former_name(token)}:
        return False
    series = Series(
        device=device.id,
        secret=device.secret,
        former=device.former,
        rotated_at=device.rotated_at,
        seen=device.seen,
        ended_at=device.ended_at,
    )
    standing = judge(series, token, env.clock.now())
    if standing is Standing.CURRENT:
        devices.came_back(series, token)
    if standing is Standing.STALE:
        end(env, device.id, address=address)
    return standing not in {Standing.NEW, Standing.STALE}


def end(env: Env, device: str, *, address: str) -> None:
    """End the series, every session on it and what it was to anybody; once, then nothing more.

    Its soft tokens are suspended: who copied the cookie has copied their keys. `address` is from
    where the stale secret came. Nobody is told of another's sign-ins.
    """
    with transaction.atomic():
        root = Device.objects.values_list("root", flat=True).get(pk=device) or device
        whose = _whose(device, root)
        for customer_id, _ in whose:
            lock_customer(customer_id)
        if not devices.end_series(env, device):
            return
        now = env.clock.now()
        known = KnownDevice.objects.filter(device_id=device, ended_at=None)
        known.update(ended_at=now, remembered_until=None)
        Session.objects.filter(device_id=device, ended_at=None).update(ended_at=now)
        alarms.stolen(env, device, channel="web")
        with_token = copied_tokens.stop(env, root, [customer_id for customer_id, _ in whose])
        for customer_id, agent in whose:
            event = "token-copied" if customer_id in with_token else "device-stolen"
            _tell(env, customer_id, event, agent, device, address)


def _watched(env: Env, customer_id: int | None, token: Secret | None, address: str) -> Shown:
    shown = devices.look(env, customer_id, token)
    if shown.standing is Standing.STALE:
        end(env, shown.device, address=address)
    return shown


def _whose(device: str, root: str) -> list[tuple[int, str]]:
    """Return who signs in on the device or has a token there, and as what it was last seen.

    In the order of locks. The token of somebody who has put the device out is still there.
    """
    ever = KnownDevice.objects.filter(device_id=device).order_by("customer_id")
    known = {one.customer_id for one in ever if one.ended_at is None}
    owners = copied_tokens.owners(root, [one.customer_id for one in ever])
    return [(one.customer_id, one.agent) for one in ever if one.customer_id in known | owners]


def _tell(  # noqa: PLR0917 - whom, of what
    env: Env, customer_id: int, event: str, agent: str, device: str, address: str
) -> None:
    who, named = customers.view(env, customer_id), read_agent(agent)
    facts = {
        "event": event,
        "browser": named.browser,
        "system": named.system,
        "address": mask_address(address),
    }
    notices.tell(env, customer_id, Kind.ACCOUNT_NOTICE, facts, key=f"stolen {device}")
    record(
        env,
        Event.DEVICE_STOLEN,
        subject=who.subject,
        by="visitor",
        channel="web",
        details={"device": device, "address": address},
    )
