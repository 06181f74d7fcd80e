"""The machine face of this process: OCSP, CRL and CA certificates over the records."""

from cinnabar.config.compose import world
from cinnabar.faces.machine.app import MachineApp, MachineState, machine_app
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
