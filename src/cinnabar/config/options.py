"""What the environment says, read once and checked (law 4: the product starts right or not)."""

import hashlib
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, Self

Mode = Literal["demo", "production"]

THREADS = 16
"""Threads that answer, in each process."""

PROCESSES_VARIABLE, THREADS_VARIABLE = "CINNABAR_SERVE_PROCESSES", "CINNABAR_SERVE_THREADS"
"""What `cinnabar serve` tells the processes it starts; nobody else sets them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """The settings of one process. Secrets come as files; `*_FILE` names them.

    `processes` answer customers on this machine, each with `threads` threads: `cinnabar serve`
    says so to those it starts.
    """

    data: Path
    firm: str
    mode: Mode
    base_url: str
    database_url: str | None
    smtp: str | None
    sms: str | None
    trusted_proxies: tuple[str, ...]
    breached: Path | None = None
    places: Path | None = None
    push: tuple[str, ...] = ()
    push_proxy: str | None = None
    processes: int = 1
    threads: int = THREADS

    @classmethod
    def read(cls, environ: Mapping[str, str]) -> Self:
        """Return the options in `environ`; raise `ValueError` naming the wrong variable."""
        mode = environ.get("CINNABAR_MODE", "production")
        if mode not in {"demo", "production"}:
            msg = f"CINNABAR_MODE is {mode!r}; it is either demo or production"
            raise ValueError(msg)
        proxies = tuple(environ.get("CINNABAR_TRUSTED_PROXIES", "").split())
        if "*" in proxies:
            msg = "CINNABAR_TRUSTED_PROXIES names the proxies one by one; * would trust anybody"
            raise ValueError(msg)
        return cls(
            data=Path(environ.get("CINNABAR_DATA", "data")).absolute(),
            firm=environ.get("CINNABAR_FIRM", "taiwan"),
            mode="demo" if mode == "demo" else "production",
            base_url=_base_url(environ.get("CINNABAR_BASE_URL", "http://127.0.0.1:8000")),
            database_url=_value_or_file(environ, "DATABASE_URL"),
            smtp=_value_or_file(environ, "CINNABAR_SMTP"),
            sms=_value_or_file(environ, "CINNABAR_SMS"),
            trusted_proxies=proxies,
            breached=_path(environ, "CINNABAR_BREACHED_PASSWORDS"),
            places=_path(environ, "CINNABAR_PLACES"),
            push=tuple(environ.get("CINNABAR_PUSH", "").split()),
            push_proxy=environ.get("CINNABAR_PUSH_PROXY") or None,
            processes=int(environ.get(PROCESSES_VARIABLE, "1")),
            threads=int(environ.get(THREADS_VARIABLE, str(THREADS))),
        )

    @property
    def keyring(self) -> Path:
        """Return where the keys of the installation are kept."""
        return self.data / "secrets" / "keyring.json"

    def django_secret(self) -> str:
        """Return Django's SECRET_KEY, derived from the installation's keys.

        Nothing the product keeps is signed with it; before the keys exist (the first
        migration) a value for this process alone does.
        """
        if self.keyring.exists():
            return hashlib.sha256(b"django " + self.keyring.read_bytes()).hexdigest()
        return secrets.token_hex(32)


def _base_url(text: str) -> str:
    url = text.rstrip("/")
    if not url.startswith(("http://127.0.0.1", "http://localhost", "https://")):
        msg = f"CINNABAR_BASE_URL is {text!r}; customers are served over https:// only"
        raise ValueError(msg)
    return url


def _path(environ: Mapping[str, str], name: str) -> Path | None:
    named = environ.get(name)
    return Path(named).absolute() if named else None


def _value_or_file(environ: Mapping[str, str], name: str) -> str | None:
    if file := environ.get(f"{name}_FILE"):
        try:
            return Path(file).read_text().strip()
        except OSError as problem:
            msg = f"{name}_FILE names {file}, which cannot be read"
            raise ValueError(msg) from problem
    return environ.get(name) or None
