"""Composition: the one place where the world of an installation is put together."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, partial
from urllib.parse import urlsplit

from django.conf import settings

from cinnabar.config.demo_people import demo_customers
from cinnabar.config.options import Options
from cinnabar.env import Env
from cinnabar.faces.web.request import WebOptions
from cinnabar.firm.load import load_firm
from cinnabar.firm.model import Firm
from cinnabar.journal.notary import load_keys
from cinnabar.kernel.breached import BreachedFile
from cinnabar.kernel.clock import SystemClock
from cinnabar.kernel.dice import SystemDice
from cinnabar.kernel.gate import Size, size
from cinnabar.kernel.hashing import Argon2Hasher
from cinnabar.kernel.places import PlacesFile
from cinnabar.kernel.secrets import Secret
from cinnabar.kernel.vault import Vault, load_keyring
from cinnabar.messages.channel import Channel
from cinnabar.messages.push.channel import PushChannel
from cinnabar.messages.push.wire import Wire, check_hosts, dial, through
from cinnabar.messages.smime import load_mail_signer
from cinnabar.messages.sms import SmsChannel, SmsGateway
from cinnabar.messages.smtp import SmtpChannel, SmtpServer
from cinnabar.messages.tray import TrayChannel
from cinnabar.signer.client import SocketSigner
from cinnabar.words import refuse_unknown


@dataclass(frozen=True, slots=True, kw_only=True)
class World:
    """What a process of the customer face needs."""

    env: Env
    web: WebOptions


def compose(options: Options) -> Env:
    """Return the world of an installation; raise `ValueError`, `FirmFileError`, `VaultError`."""
    firm = load_firm(options.firm)
    refuse_unknown(firm)
    clock, dice, ring = SystemClock(), SystemDice(), load_keyring(options.keyring)
    return Env(
        clock=clock,
        dice=dice,
        vault=Vault(ring, dice),
        hasher=Argon2Hasher(firm.login.argon2, ring.pepper, size=_gate(options)),
        firm=firm,
        signer=SocketSigner(options.data / "signer" / "signer.sock", clock),
        base_url=options.base_url,
        breached=breached_list(options),
        places=places(options),
        push_hosts=_push_hosts(options),
    )


def _push_hosts(options: Options) -> tuple[str, ...]:
    """Return the push services that may be called; a demo calls nobody. Raises `ValueError`."""
    check_hosts(options.push)
    return () if options.mode == "demo" else options.push


def _gate(options: Options) -> Size:
    """Return how many passwords this process takes in at once, and how many may wait."""
    return size(threads=options.threads, processes=options.processes, cores=os.cpu_count() or 1)


def breached_list(options: Options) -> BreachedFile | None:
    """Return the list of leaked passwords that the operator put in; raise `ValueError`."""
    try:
        return BreachedFile(options.breached) if options.breached else None
    except OSError as problem:
        msg = f"CINNABAR_BREACHED_PASSWORDS names {options.breached}, which cannot be read"
        raise ValueError(msg) from problem


def places(options: Options) -> PlacesFile | None:
    """Return the places of networks that the operator put in; raise `ValueError`."""
    try:
        return PlacesFile(options.places) if options.places else None
    except OSError as problem:
        msg = f"CINNABAR_PLACES names {options.places}, which cannot be read"
        raise ValueError(msg) from problem


@cache
def world() -> World:
    """Return this process's world, put together at first use."""
    options: Options = settings.OPTIONS
    env = compose(options)
    return World(env=env, web=web_options(options, env.firm))


def web_options(options: Options, firm: Firm) -> WebOptions:
    """Return how the web face is set up: the list of demo customers exists in a demo only."""
    is_demo = options.mode == "demo"
    return WebOptions(
        is_demo=is_demo,
        demo=demo_customers(firm) if is_demo else (),
        trusted_proxies=options.trusted_proxies,
        journal_keys=partial(load_keys, options.data / "secrets" / "journal.vkey"),
    )


def channels(options: Options, env: Env) -> Mapping[str, Channel]:
    """Return where messages go: the tray in a demo, mail server and SMS gateway otherwise.

    Push services only where the operator names some: the app works without.

    Raises `ValueError` naming the variable that is missing or wrong.
    """
    if options.mode == "demo":
        tray = TrayChannel(demo=True)
        return {"sms": tray, "email": tray}
    found: dict[str, Channel] = {}
    if options.smtp:
        found["email"] = _smtp(options, env)
    if options.sms:
        found["sms"] = _sms(options, env)
    if not found:
        msg = "CINNABAR_SMTP and CINNABAR_SMS are both unset: no message could leave"
        raise ValueError(msg)
    if env.push_hosts:
        way = through(options.push_proxy) if options.push_proxy else dial
        found["push"] = PushChannel(Wire(hosts=env.push_hosts, dial=way))
    return found


def _smtp(options: Options, env: Env) -> SmtpChannel:
    parts = urlsplit(options.smtp or "")
    if parts.scheme not in {"smtp", "smtps", "smtp+starttls"} or not parts.hostname:
        msg = "CINNABAR_SMTP looks like smtp+starttls://user:password@host:587"
        raise ValueError(msg)
    server = SmtpServer(
        host=parts.hostname,
        port=parts.port or 25,
        starttls=parts.scheme == "smtp+starttls",
        tls=parts.scheme == "smtps",
        username=parts.username,
        password=Secret(parts.password) if parts.password else None,
        hello=urlsplit(env.base_url).hostname or "localhost",
    )
    signer = load_mail_signer(
        key=options.data / "secrets" / "mail.key",
        certificate=options.data / "ca" / "mail.crt",
        chain=options.data / "ca" / "chain.pem",
    )
    signer.check(env.firm.identity.mail_from, env.clock.now())
    return SmtpChannel(server, signer=signer)


def _sms(options: Options, env: Env) -> SmsChannel:
    parts = urlsplit(options.sms or "")
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        msg = "CINNABAR_SMS looks like https://user:password@gateway/cgi-bin/sendsms"
        raise ValueError(msg)
    host = parts.hostname + (f":{parts.port}" if parts.port else "")
    gateway = SmsGateway(
        url=f"{parts.scheme}://{host}{parts.path}?username={parts.username or ''}",
        password=Secret(parts.password or ""),
        report_url=f"{env.base_url}/machine/sms-report/",
        sender=env.firm.identity.sms_sender,
    )
    return SmsChannel(gateway)
