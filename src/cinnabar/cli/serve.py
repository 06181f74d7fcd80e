"""`cinnabar serve`: the web face, on granian."""

import os
from collections.abc import Callable

import click

from cinnabar.cli import refuse, world
from cinnabar.config.options import PROCESSES_VARIABLE, THREADS, THREADS_VARIABLE


@click.command("serve", short_help="Answer customers and relying parties over HTTP.")
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option("--port", default=8000, show_default=True, type=click.IntRange(1, 65535))
@click.option(
    "--workers",
    default=lambda: os.cpu_count() or 1,
    show_default="one a core",
    type=click.IntRange(1),
    help="Processes that answer; one alone makes pages wait for each other.",
)
@click.option(
    "--threads",
    default=THREADS,
    show_default=True,
    type=click.IntRange(4, 64),
    help="Threads of each; at most half of them wait for passwords.",
)
def command(host: str, port: int, workers: int, threads: int) -> None:
    """Answer customers and relying parties over HTTP.

    TLS is the proxy's business: listen on loopback or on a private address, and let only the
    proxy reach it (CINNABAR_TRUSTED_PROXIES names it). SIGTERM lets requests finish.
    """
    os.environ[PROCESSES_VARIABLE], os.environ[THREADS_VARIABLE] = str(workers), str(threads)
    world()
    if sentence := taken(host, port):
        refuse(sentence)
    from granian.constants import Interfaces
    from granian.server import Server

    Server(
        "cinnabar.config.wsgi:application",
        address=host,
        port=port,
        interface=Interfaces.WSGI,
        workers=workers,
        blocking_threads=threads,
        backpressure=threads * 5,
        log_access=False,
        workers_kill_timeout=6,
        websockets=False,
    ).serve(target_loader=_application, wrap_loader=False)


def taken(host: str, port: int) -> str | None:
    """Return a sentence if nobody can listen on `host`:`port`, because others do already."""
    import socket

    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as trial:
        trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            trial.bind((host, port))
        except OSError as problem:
            return f"cannot listen on {host} port {port}: {problem.strerror}"
    return None


def _application() -> Callable[..., object]:
    """Return the WSGI application, in the process that serves it."""
    from cinnabar.config import leash

    leash.wear_parents()
    from cinnabar.config.wsgi import application

    return application
