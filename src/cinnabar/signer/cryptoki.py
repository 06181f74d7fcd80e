"""The PKCS #11 module of an HSM, loaded so that threads may use it at the same time.

python-pkcs11 initialises modules without saying so, and a module may then leave out its locks
(PKCS #11 2.40, 5.4): here it is told that there are threads (CKF_OS_LOCKING_OK).
"""

import ctypes
import os
import threading

from pkcs11 import _pkcs11, exceptions

from cinnabar.signer.keys import KeyUnusable
from cinnabar.signer.protocol import SignerUnavailable

_OS_LOCKING_OK = 2
_OK, _ALREADY_INITIALISED = 0, 0x191


class _Arguments(ctypes.Structure):
    """CK_C_INITIALIZE_ARGS."""

    _fields_ = (
        ("create", ctypes.c_void_p),
        ("destroy", ctypes.c_void_p),
        ("lock", ctypes.c_void_p),
        ("unlock", ctypes.c_void_p),
        ("flags", ctypes.c_ulong),
        ("reserved", ctypes.c_void_p),
    )


class _Functions(ctypes.Structure):
    """The head of CK_FUNCTION_LIST: C_Initialize is the first of its functions."""

    _fields_ = (
        ("version", ctypes.c_ubyte * 2),
        ("initialize", ctypes.CFUNCTYPE(ctypes.c_ulong, ctypes.c_void_p)),
    )


class Module(_pkcs11.lib):
    """A module that knows of threads."""

    def initialize(self) -> None:
        """Initialise the module once in this process; raise `PKCS11Error`.

        A module that says it is initialised already was so by a process this one was forked
        from, whose sessions must not be used here.
        """
        functions = ctypes.POINTER(_Functions)()
        found = ctypes.CDLL(self.so).C_GetFunctionList(ctypes.byref(functions))
        arguments = _Arguments(flags=_OS_LOCKING_OK)
        result = found or functions.contents.initialize(ctypes.byref(arguments))
        if result == _ALREADY_INITIALISED:
            msg = f"{self.so} was opened before this process was forked; open it afterwards"
            raise SignerUnavailable(msg)
        if result != _OK:
            msg = f"C_Initialize answers {result:#x}"
            raise exceptions.PKCS11Error(msg)


_lock = threading.Lock()
_loaded: dict[tuple[int, str], Module] = {}


def load_module(path: str) -> Module:
    """Return the module at `path`, loaded once in this process under whatever name.

    Raises `KeyUnusable` if it is none, `SignerUnavailable` in the child of a process that had
    loaded it.
    """
    path = os.path.realpath(path)
    with _lock:
        known = _loaded.get((os.getpid(), path))
        if known is None:
            try:
                known = _loaded[os.getpid(), path] = Module(path)
            except (exceptions.PKCS11Error, OSError, AttributeError) as problem:
                msg = f"{path} is no PKCS #11 module that can be loaded: {sentence(problem)}"
                raise KeyUnusable(msg) from problem
        return known


def sentence(problem: Exception) -> str:
    """Return what a module complains of, in words; its exceptions often have a name only."""
    return _SAYS.get(type(problem)) or str(problem) or type(problem).__name__


_SAYS: dict[type[Exception], str] = {
    exceptions.NoSuchToken: "the token is not there",
    exceptions.TokenNotPresent: "the token was taken out",
    exceptions.MultipleTokensReturned: "several tokens have this label",
    exceptions.DeviceRemoved: "the HSM is not there any more",
    exceptions.DeviceError: "the HSM reports a fault",
    exceptions.NoSuchKey: "the key is not in the token",
    exceptions.MultipleObjectsReturned: "several keys have this id",
    exceptions.SessionCount: "the HSM gives no more sessions",
    exceptions.SessionHandleInvalid: "the HSM has closed the session",
}
