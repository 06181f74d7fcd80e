"""An operator's proxy for tests, on loopback."""

import contextlib
import socket
from threading import Thread
from typing import Self


class ProxyTwin:
    """An operator's proxy: it opens tunnels to one port of this machine, whatever is asked for."""

    def __init__(self, port: int) -> None:
        self.asked: list[str] = []
        self._port, self._refuses = port, False
        self._server = socket.create_server(("127.0.0.1", 0))
        self._threads = [Thread(target=self._serve)]

    def __enter__(self) -> Self:
        self._threads[0].start()
        return self

    def __exit__(self, *_: object) -> None:
        # Wake the thread that waits for the next one; closing alone does not.
        socket.create_connection(self._server.getsockname()).close()
        for thread in self._threads:
            thread.join()
        self._server.close()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.getsockname()[1]}"

    def refuse(self) -> None:
        """Refuse the next."""
        self._refuses = True

    def _serve(self) -> None:
        while True:
            near, _ = self._server.accept()
            with near:
                head = near.recv(4096).decode()
                if not head:
                    return
                self.asked.append(head.splitlines()[0])
                if self._refuses:
                    self._refuses = False
                    near.sendall(b"HTTP/1.1 403 Forbidden\r\n\r\n")
                    continue
                near.sendall(b"HTTP/1.1 200 Connection established\r\n\r\n")
                with socket.create_connection(("127.0.0.1", self._port)) as far:
                    back = Thread(target=_pour, args=(far, near))
                    back.start()
                    _pour(near, far)
                    back.join()


def _pour(from_: socket.socket, to: socket.socket) -> None:
    """Copy till the end, and pass the end on."""
    with contextlib.suppress(OSError):
        while octets_ := from_.recv(4096):
            to.sendall(octets_)
    with contextlib.suppress(OSError):
        to.shutdown(socket.SHUT_WR)
