"""The machine face of this process: certificate status, and the order line's questions."""

from collections.abc import Iterable

from django.conf import settings
from django.db import close_old_connections

from cinnabar.config.compose import world
from cinnabar.config.options import Options
from cinnabar.faces.machine import callers
from cinnabar.faces.machine.app import Environ, MachineApp, MachineState, StartResponse, machine_app
from cinnabar.faces.machine.door import Door
from cinnabar.faces.machine.ivr import voice_app
from cinnabar.faces.machine.records import Records


def machine() -> MachineApp:
    """Return the WSGI function; call it in the process that serves, for it starts a thread."""
    env = world().env
    return machine_app(
        MachineState(
            source=Records(env.clock),
            signer=env.signer,
            clock=env.clock,
            validity=env.firm.status.ocsp_validity,
        )
    )


def voice() -> MachineApp:
    """Return the WSGI function of the order line; the file of callers need not be there yet."""
    options: Options = settings.OPTIONS
    env = world().env
    known = callers.Callers(options.data / callers.FILE)
    door = Door(callers=known, trusted=options.trusted_proxies, clock=env.clock)
    return _letting_go(voice_app(env, door))


def _letting_go(app: MachineApp) -> MachineApp:
    """Give the database's connection back after each call, as Django does after its own."""

    def application(environ: Environ, start: StartResponse) -> Iterable[bytes]:
        close_old_connections()
        try:
            return app(environ, start)
        finally:
            close_old_connections()

    return application
