"""The order line at a real server, over HTTP (API-04)."""

import http.client
import json
from urllib.parse import urlsplit

from cinnabar.faces.machine import callers
from cinnabar.kernel.clock import SystemClock
from tests.operations.test_demo import address, demo
from tests.support import voice_line
from tests.support.voice_line import VoiceLine

PATH = "/machine/ivr/verify"


def test_a_line_is_answered_as_soon_as_it_is_registered(tmp_path):
    """Its signature is over the address as it is configured."""
    body = json.dumps({"call": "1", "identifier": "A123456789", "digits": "1"}).encode()
    with demo(tmp_path / "demo") as process:
        url = address(process).rstrip("/")
        # The demo calls itself by its name, which is what a request is signed for.
        named = url.replace("127.0.0.1", "localhost")
        line = VoiceLine(lambda *_: (), SystemClock(), base_url=named)
        connection = http.client.HTTPConnection(urlsplit(url).netloc, timeout=30)

        def ask() -> tuple[int, dict]:
            signed = {"Content-Type": "application/json", **line.signed(PATH, body)}
            connection.request("POST", PATH, body, signed)
            answer = connection.getresponse()
            return answer.status, json.loads(answer.read())

        assert ask()[0] == 401
        pem = voice_line.public_pem(line.key)
        known = [callers.caller(line.name, pem, line.clock.now())]
        callers.write(tmp_path / "demo" / callers.FILE, known)
        assert ask() == (200, {"call": "1", "verdict": "wrong"})
        assert ask() == (200, {"call": "1", "verdict": "wrong"})
        connection.close()
