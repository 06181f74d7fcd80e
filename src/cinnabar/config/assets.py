"""The committed scripts, styles and pictures, served from memory, compressed once (WEB-02)."""

import gzip
import mimetypes
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

StartResponse = Callable[[str, list[tuple[str, str]]], Any]

_PREFIX = "/static/"
_COMPRESSED = {".js", ".css", ".svg", ".json", ".webmanifest"}
_BESIDE = {".aria"}
"""What tests compare the pictures with (docs/recipes/pictures.md); nobody asks for it."""


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
        packed = file.packed if "gzip" in environ.get("HTTP_ACCEPT_ENCODING", "") else None
        body = packed if packed is not None else file.plain
        headers = [*file.headers, ("Content-Length", str(len(body)))]
        if packed is not None:
            headers.append(("Content-Encoding", "gzip"))
        start("200 OK", headers)
        return [body if environ["REQUEST_METHOD"] == "GET" else b""]


class _File:
    def __init__(self, path: Path) -> None:
        self.plain = path.read_bytes()
        worth_it = path.suffix in _COMPRESSED
        self.packed = gzip.compress(self.plain, 9, mtime=0) if worth_it else None
        kind = mimetypes.guess_type(path.name, strict=False)[0] or "application/octet-stream"
        self.headers = [
            ("Content-Type", f"{kind}; charset=utf-8" if worth_it else kind),
            ("Cache-Control", "public, max-age=31536000, immutable"),
            ("X-Content-Type-Options", "nosniff"),
            ("Cross-Origin-Resource-Policy", "same-origin"),
            ("Vary", "Accept-Encoding"),
        ]
