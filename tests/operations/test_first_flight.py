"""The real server's answers on the wire: compressed, kept for ever, and few enough to begin with.

A new connection may send ten segments of 1,460 octets before it hears from the other side
(RFC 6928): what fits into them arrives in one round trip.
"""

import gzip
import re
import socket
from pathlib import Path
from urllib.parse import urlsplit

import pytest

import cinnabar
from tests.operations.test_demo import address, demo

FIRST_FLIGHT = 10 * 1460

STATIC = Path(cinnabar.__file__).parent / "static"


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    with demo(tmp_path_factory.mktemp("demo")) as process:
        parts = urlsplit(address(process))
        yield parts.hostname, parts.port


def ask(place, path, encoding="gzip, deflate, br, zstd"):
    """Return head and body of an answer, and the octets of both as they came."""
    with socket.create_connection(place, timeout=30) as connection:
        lines = [f"GET {path} HTTP/1.1", "Host: 127.0.0.1", f"Accept-Encoding: {encoding}"]
        connection.sendall("\r\n".join([*lines, "Connection: close", "", ""]).encode())
        pieces = []
        while piece := connection.recv(65536):
            pieces.append(piece)
    whole = b"".join(pieces)
    head, _, body = whole.partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 200 "), head
    return head.decode("latin-1").lower(), body, len(whole)


def test_what_sign_in_needs_to_paint_arrives_in_the_first_flight(place):
    head, body, octets = ask(place, "/sign-in/")
    assert "content-encoding: gzip" in head
    page = gzip.decompress(body).decode()
    styles = re.findall(r'rel="stylesheet" href="([^"]+)"', page)
    assert len(styles) == 2
    octets += sum(ask(place, style)[2] for style in styles)
    assert octets < FIRST_FLIGHT, octets


def test_script_and_style_are_packed_and_kept_for_ever(place):
    page = gzip.decompress(ask(place, "/sign-in/")[1]).decode()
    files = re.findall(r'(?:src|href)="(/static/app/[^"]+)"', page)
    assert len(files) == 2
    for file in files:
        head, body, _ = ask(place, file)
        assert "content-encoding: br" in head
        assert "cache-control: public, max-age=31536000, immutable" in head
        assert body == (STATIC / f"{file.removeprefix('/static/')}.br").read_bytes()
        plain_head, plain, _ = ask(place, file, encoding="identity, br;q=0")
        assert "content-encoding" not in plain_head
        older_head, older, _ = ask(place, file, encoding="gzip, deflate")
        assert "content-encoding: gzip" in older_head
        assert gzip.decompress(older) == plain
