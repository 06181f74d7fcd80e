"""The committed scripts, styles and pictures, served from memory, compressed once (WEB-02).

What the build has packed with Brotli lies beside its file, as NAME.br (docs/decisions/0012).
"""

import gzip
import mimetypes
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

StartResponse = Callable[[str, list[tuple[str, str]]], Any]

_PREFIX = "/static/"
_COMPRESSED = {".js", ".css", ".svg", ".json", ".webmanifest"}
_BESIDE = {".aria", ".br"}
"""What nobody asks for by name: what tests compare the pictures with (docs/recipes/pictures.md),
and the packed form of the file beside it."""


class Assets:
    """A WSGI application over `static`. Addresses carry a hash, so what they show never changes."""

    def __init__(self, folder: Path) -> None:
        """Read every file of `folder`."""
        self._files = {
            _PREFIX + path.relative_to(folder).as_posix(): _File(path)
            for path in sorted(folder.rglob("*"))
            if path.is_file() and path.suffix not in _BESIDE
        }

    def owns(self, path: str) -> bool:
        """Tell whether an address belongs to this folder."""
        return path.startswith(_PREFIX)

    def __call__(self, environ: dict[str, Any], start: StartResponse) -> Iterable[bytes]:
        """Answer one file."""
        file = self._files.get(environ.get("PATH_INFO", ""))
        if file is None or environ["REQUEST_METHOD"] not in {"GET", "HEAD"}:
            start("404 Not Found", [("Content-Type", "text/plain"), ("Content-Length", "0")])
            return [b""]
        coding, body = file.said_in(environ.get("HTTP_ACCEPT_ENCODING", ""))
        headers = [*file.headers, ("Content-Length", str(len(body)))]
        if coding:
            headers.append(("Content-Encoding", coding))
        start("200 OK", headers)
        return [body if environ["REQUEST_METHOD"] == "GET" else b""]


class _File:
    def __init__(self, path: Path) -> None:
        self.plain = path.read_bytes()
        worth_it = path.suffix in _COMPRESSED
        self._packed = {"gzip": gzip.compress(self.plain, 9, mtime=0)} if worth_it else {}
        brotli = path.with_name(f"{path.name}.br")
        if brotli.exists():
            self._packed = {"br": brotli.read_bytes(), **self._packed}
        kind = mimetypes.guess_type(path.name, strict=False)[0] or "application/octet-stream"
        self.headers = [
            ("Content-Type", f"{kind}; charset=utf-8" if worth_it else kind),
            ("Cache-Control", "public, max-age=31536000, immutable"),
            ("X-Content-Type-Options", "nosniff"),
            ("Cross-Origin-Resource-Policy", "same-origin"),
            ("Vary", "Accept-Encoding"),
        ]

    def said_in(self, accepted: str) -> tuple[str, bytes]:
        """Return the best coding among those of `Accept-Encoding`, "" for none, and the octets."""
        told = [one.replace(" ", "").partition(";") for one in accepted.split(",")]
        names = {name for name, _, weight in told if weight != "q=0"}
        found = ((name, octets) for name, octets in self._packed.items() if name in names)
        return next(found, ("", self.plain))
