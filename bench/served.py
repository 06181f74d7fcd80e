"""A demo that runs for a measurement, with as many customers as it needs."""

import http.client
import os
import re
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlencode

PASSWORD = "demo1234"  # noqa: S105 - the demo's, known to everybody

_MORE = """
import sys
import cinnabar.cli
cinnabar.cli.ready()
from cinnabar.config.compose import world
from bench.served import settle
settle(world().env, int(sys.argv[1]))
"""


@dataclass(frozen=True, slots=True)
class Served:
    """Where the demo answers and where its files are."""

    port: int
    data: Path


@contextmanager
def demo(people: int = 0) -> Iterator[Served]:
    """Run a demo with `people` more customers (`identifier(number)`) than it has; end it after."""
    with tempfile.TemporaryDirectory() as folder:
        found = Served(_free_port(), Path(folder))
        command = [sys.executable, "-m", "cinnabar.cli", "demo", "--port", str(found.port)]
        run = subprocess.Popen(
            [*command, "--data", folder], stdout=subprocess.PIPE, env=_clean(), text=True
        )
        assert run.stdout is not None
        try:
            assert run.stdout.readline().startswith("ready")
            if people:
                more = [sys.executable, "-c", _MORE, str(people)]
                subprocess.run(more, check=True, env=_environ(found))
            yield found
        finally:
            run.send_signal(signal.SIGINT)
            run.wait()


def settle(env: object, people: int) -> None:
    """Import customers who all have the demo's password; in the demo's own world."""
    from bench.numbers import identifier
    from cinnabar.customers import queries
    from cinnabar.env import Env
    from cinnabar.kernel.secrets import Password
    from cinnabar.passwords.actions import set_password
    from tests.support.customers import add_customers

    assert isinstance(env, Env)
    ids = [identifier(number) for number in range(people)]
    add_customers(env, [{"identifier": one, "name": "王小明"} for one in ids])
    for one in ids:
        found = queries.find(env, env.firm.login.identifier(one))
        assert found is not None
        set_password(env, found.id, Password(PASSWORD))


@dataclass(frozen=True, slots=True, kw_only=True)
class Form:
    """A sign-in page that was fetched: its token, and the cookie that goes with it."""

    token: str
    cookie: str

    def body(self, identifier: str) -> str:
        """Return what the browser sends when `identifier` signs in."""
        return urlencode(
            {
                "identifier": identifier,
                "password": PASSWORD,
                "csrfmiddlewaretoken": self.token,
            }
        )


def form(port: int) -> Form:
    """Fetch the sign-in page."""
    link = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    link.request("GET", "/sign-in/")
    answer = link.getresponse()
    token = re.search(r'name="csrf" content="([^"]+)"', answer.read().decode())
    link.close()
    return Form(token=token.group(1) if token else "", cookie=cookies(answer))


def sign_in(port: int, identifier: str = "A123456789") -> str:
    """Sign a customer in; return his cookies, empty when it was too busy."""
    page = form(port)
    link = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    link.request("POST", "/sign-in/", page.body(identifier), headers(port, page.cookie))
    answer = link.getresponse()
    answer.read()
    link.close()
    return cookies(answer)


def headers(port: int, cookie: str) -> Mapping[str, str]:
    """Return the headers of a form sent from a page of ours."""
    return {
        "Cookie": cookie,
        "Origin": f"http://127.0.0.1:{port}",
        "Content-Type": "application/x-www-form-urlencoded",
    }


def cookies(answer: http.client.HTTPResponse) -> str:
    """Return the cookies an answer sets, as a browser sends them back."""
    given = answer.headers.get_all("set-cookie") or []
    return "; ".join(one.partition(";")[0] for one in given)


def _free_port() -> int:
    with socket.socket() as trial:
        trial.bind(("127.0.0.1", 0))
        port: int = trial.getsockname()[1]
        return port


def _clean() -> dict[str, str]:
    theirs = ("CINNABAR_", "DATABASE")
    return {k: v for k, v in os.environ.items() if not k.startswith(theirs)}


def _environ(found: Served) -> dict[str, str]:
    return {
        **_clean(),
        "CINNABAR_DATA": str(found.data),
        "CINNABAR_MODE": "demo",
        "CINNABAR_BASE_URL": f"http://127.0.0.1:{found.port}",
    }
