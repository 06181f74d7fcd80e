"""A whole installation as processes, on the test's own database: signer, worker, web.

A process that was killed is started again as a process manager would; who dies when is the
test's decision.
"""

import os
import signal
import socket
import subprocess
import sys
import urllib.request
from dataclasses import dataclass, field
from pathlib import Path

from cinnabar.config import installation
from cinnabar.config.options import Options
from cinnabar.env import Env
from cinnabar.firm import load_firm
from cinnabar.kernel.clock import SystemClock
from cinnabar.kernel.dice import SystemDice
from cinnabar.kernel.vault import Vault
from cinnabar.signer.client import SocketSigner
from tests.support.place import FIRM
from tests.support.processes import eventually
from tests.support.world import HASHER, RING


def free_port() -> int:
    with socket.socket() as trial:
        trial.bind(("127.0.0.1", 0))
        port: int = trial.getsockname()[1]
    return port


@dataclass
class Installation:
    """The processes of one installation; `data` is its directory."""

    data: Path
    port: int = field(default_factory=free_port)
    running: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)

    def prepare(self) -> Env:
        """Make keys and CA where the processes look for them; return their world for the test."""
        options = Options.read(self._environ())
        (self.data / "secrets").mkdir(mode=0o700, exist_ok=True)
        RING.save(options.keyring)
        installation.prepare(options, SystemDice())
        env = Env(
            clock=SystemClock(),
            dice=SystemDice(),
            vault=Vault(RING, SystemDice()),
            hasher=HASHER,
            firm=load_firm(FIRM),
            signer=SocketSigner(self.data / "signer" / "signer.sock", SystemClock()),
            base_url=options.base_url,
        )
        installation.make_demo_authority(options, env)
        return env

    @property
    def commands(self) -> dict[str, list[str]]:
        web = ["serve", "--host", "127.0.0.1", "--port", str(self.port), "--threads", "8"]
        return {"signer": ["signer"], "worker": ["worker"], "web": web}

    def start(self, name: str) -> None:
        """Start one process, in a group of its own."""
        with (self.data / f"{name}.log").open("ab") as log:
            self.running[name] = subprocess.Popen(
                [sys.executable, "-m", "cinnabar.cli", *self.commands[name]],
                env=self._environ(),
                stdout=log,
                stderr=log,
                start_new_session=True,
            )

    def kill(self, name: str) -> None:
        """Kill one process and its children with SIGKILL."""
        process = self.running.pop(name)
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()

    def stop(self) -> None:
        """End everything that runs."""
        for name in list(self.running):
            self.kill(name)

    def call(self, *words: str) -> subprocess.CompletedProcess[str]:
        """Run a command of the product to its end."""
        return subprocess.run(
            [sys.executable, "-m", "cinnabar.cli", *words],
            env=self._environ(),
            capture_output=True,
            text=True,
            check=False,
        )

    def wait_until_well(self) -> None:
        """Wait until web and signer answer."""
        eventually(self.is_well)

    def is_well(self) -> bool:
        """Tell whether web and signer answer."""
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/healthz") as answer:
                return bool(answer.status == 200)
        except OSError:
            return False

    def _environ(self) -> dict[str, str]:
        return {**os.environ, "CINNABAR_BASE_URL": f"http://127.0.0.1:{self.port}"}
