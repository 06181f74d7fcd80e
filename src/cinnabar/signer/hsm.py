"""Sessions at the token of an HSM: opened in the process that uses them, one for one thread.

A session is at no time with two threads, there are never more than `most`, and the token is
logged into once. Whatever an HSM complains of ends all sessions; the next use opens new ones.
"""

import hashlib
import os
import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, NoReturn, TypeVar

from pkcs11 import ObjectClass
from pkcs11.exceptions import (
    NoSuchToken,
    PinExpired,
    PinIncorrect,
    PinInvalid,
    PinLenRange,
    PinLocked,
    PKCS11Error,
    UserAlreadyLoggedIn,
    UserPinNotInitialized,
)
from pkcs11.types import Session, SignMixin, Token

from cinnabar.kernel.secrets import Secret
from cinnabar.signer.cryptoki import load_module, sentence
from cinnabar.signer.keys import OTHERS, KeyUnusable
from cinnabar.signer.protocol import SignerUnavailable

T = TypeVar("T")

MOST: Final = 8
"""Sessions of one process at a token, beside the one that keeps it logged in."""
_WAIT = 4.0
"""Seconds for a free session; the signer's clients wait five for all of it."""
_PIN_FAULTS = (PinIncorrect, PinInvalid, PinLenRange, PinLocked, PinExpired, UserPinNotInitialized)


@dataclass(frozen=True, slots=True, kw_only=True)
class TokenAddress:
    """Where a token is: the HSM's module, the token's label, the file with its PIN."""

    module: Path
    token: str
    pin_file: Path


@dataclass(slots=True)
class Seat:
    """A session with the keys found in it; a key is of one session."""

    session: Session
    era: int
    _keys: dict[bytes, SignMixin] = field(default_factory=dict)

    def key(self, identity: bytes) -> SignMixin:
        """Return the private key with this id."""
        if identity not in self._keys:
            self._keys[identity] = self.find(identity)
        return self._keys[identity]

    def find(self, identity: bytes) -> SignMixin:
        """Ask the token for the private key with this id."""
        found = self.session.get_key(object_class=ObjectClass.PRIVATE_KEY, id=identity)
        assert isinstance(found, SignMixin)  # noqa: S101 - it was asked for by its class
        return found


class Hsm:
    """A token, seen from one process. Safe to use from many threads."""

    def __init__(self, address: TokenAddress, *, most: int = MOST) -> None:
        """Open nothing yet: that is for the first use, in the process it happens in."""
        self.address = address
        self._free = threading.BoundedSemaphore(most)
        self._lock = threading.Lock()
        self._process, self._era = 0, 0
        self._idle: list[Seat] = []
        self._keeper: Session | None = None
        self._refused = b""

    def run(self, work: Callable[[Seat], T]) -> T:
        """Return what `work` makes of a session; once more on a new one if that one is dead.

        Raises `SignerUnavailable` if the HSM does not do it, `KeyUnusable` for its PIN or module.
        """
        if not self._free.acquire(timeout=_WAIT):
            msg = f"all sessions at {self} are busy"
            raise SignerUnavailable(msg)
        try:
            with suppress(PKCS11Error):
                return self._once(work)
            return self._once(work)
        except PKCS11Error as problem:
            msg = f"{self} does not do it: {sentence(problem)}"
            raise SignerUnavailable(msg) from problem
        finally:
            self._free.release()

    def change(self, work: Callable[[Session], T]) -> T:
        """Return what `work` makes of a session that may write; raises as `run` does."""

        def writing(_: Seat) -> T:
            with self._token().open(rw=True) as session:
                return work(session)

        return self.run(writing)

    def _once(self, work: Callable[[Seat], T]) -> T:
        seat = self._take()
        try:
            done = work(seat)
        except BaseException:
            self._end(seat)
            raise
        with self._lock:
            if seat.era == self._era:
                self._idle.append(seat)
        return done

    def _take(self) -> Seat:
        with self._lock:
            if self._process != os.getpid():  # sessions do not survive a fork
                self._process, self._idle, self._keeper = os.getpid(), [], None
                self._era += 1
            if self._idle:
                return self._idle.pop()
            if self._keeper is None:
                self._keeper = self._logged_in()
            return Seat(self._token().open(), self._era)

    def _end(self, seat: Seat) -> None:
        """Close a session that failed and, as they may all be dead, those that rest."""
        with self._lock:
            dead = [seat.session]
            if seat.era == self._era:
                self._era += 1
                dead += [idle.session for idle in self._idle]
                dead += [self._keeper] if self._keeper else []
                self._idle, self._keeper = [], None
        for session in dead:
            with suppress(PKCS11Error):
                session.close()

    def _token(self) -> Token:
        """Find the token; another one in trouble does not keep this one from being found."""
        for slot in load_module(str(self.address.module)).get_slots(token_present=True):
            with suppress(PKCS11Error):
                token = slot.get_token()
                if token.label == self.address.token:
                    return token
        raise NoSuchToken

    def _logged_in(self) -> Session:
        """Return a session that keeps the token logged in; a PIN once refused is not tried again.

        Tokens count wrong PINs and lock themselves.
        """
        pin = read_pin(self.address.pin_file).reveal()
        mark = hashlib.sha256(pin.encode()).digest()
        if mark == self._refused:
            self._pin_refused("is still the one that was refused")
        try:
            session = self._token().open(user_pin=pin)
        except UserAlreadyLoggedIn:  # sessions of before are still being closed
            session = self._token().open()
        except _PIN_FAULTS as problem:
            self._refused = mark
            self._pin_refused(f"is refused: {sentence(problem)}", problem)
        return session

    def _pin_refused(self, how: str, problem: Exception | None = None) -> NoReturn:
        msg = f"the PIN in {self.address.pin_file} {how}; correct the file before the token locks"
        raise KeyUnusable(msg) from problem

    def __str__(self) -> str:
        return f"the token {self.address.token!r}"


def read_pin(path: Path) -> Secret:
    """Return the PIN in the first line of `path`; raise `KeyUnusable`, also if others may read."""
    try:
        if path.stat().st_mode & OTHERS:
            msg = f"others than its owner may read {path}; chmod 600 and change the PIN"
            raise KeyUnusable(msg)
        lines = path.read_text().splitlines()
    except (OSError, UnicodeDecodeError) as problem:
        msg = f"no PIN can be read from {path}: {problem}"
        raise KeyUnusable(msg) from problem
    if not lines or not lines[0]:
        msg = f"{path} holds no PIN"
        raise KeyUnusable(msg)
    return Secret(lines[0])
