"""The machines that may ask, such as the order line: is their file whole, does a proof end."""

from collections.abc import Iterator
from datetime import timedelta

from cryptography import x509

from cinnabar.config.doctor.check import Check, Level, ends, grade
from cinnabar.config.options import Options
from cinnabar.env import Env
from cinnabar.faces.machine.callers import FILE, Caller, CallersError, read

_WARN, _BAD = timedelta(days=30), timedelta(days=7)
_MEND = "Put it back from the backup; until then no machine is answered."


def callers(options: Options, env: Env) -> Iterator[Check]:
    """Look at the file of callers and at the certificates in it; keys do not end."""
    try:
        known = read(options.data / FILE)
    except CallersError as damaged:
        yield Check("callers", Level.BAD, str(damaged), _MEND)
        return
    names = ", ".join(sorted({one.name for one in known}))
    yield Check("callers", Level.OK, f"{names} may ask" if names else "no machine may ask")
    for one in known:
        if one.proof == "certificate":
            yield _certificate(one, env)


def _certificate(one: Caller, env: Env) -> Check:
    until = x509.load_der_x509_certificate(one.der).not_valid_after_utc
    level = grade(until - env.clock.now(), warn=_WARN, bad=_BAD)
    step = "Let the next one in beside it: `cinnabar callers add`." if level is not Level.OK else ""
    return Check(f"caller {one.name}", level, ends(until, env.clock.now()), step)
