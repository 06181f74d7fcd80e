"""The facts of the doctor as numbers, in the text format of Prometheus.

Served by the worker on a listener of its own, never on the customers' face. A scrape costs a
few statements, however much there is; what cannot be read is left out and counted.
"""

import logging
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from ipaddress import ip_address

from django.db import DatabaseError, connection
from prometheus_client import CollectorRegistry, start_http_server
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from cinnabar.certificates import health
from cinnabar.codes import queries as codes
from cinnabar.config.options import Options
from cinnabar.env import Env
from cinnabar.journal.health import journal_fact
from cinnabar.limits import guard
from cinnabar.messages.push import keys
from cinnabar.messages.queries import backlog
from cinnabar.signer.files import Places
from cinnabar.signer.health import endings
from cinnabar.signer.keys import KeyUnusable
from cinnabar.signer.protocol import SignerUnavailable

log = logging.getLogger(__name__)

Rounds = Callable[[], Mapping[str, tuple[int, int]]]
"""Returns by chore how often the worker came round, and how often that failed."""


@dataclass(frozen=True, slots=True)
class Address:
    """Where the metrics are served: on this machine only."""

    host: str
    port: int


def address(text: str) -> Address:
    """Return the address in `HOST:PORT`; raise `ValueError` unless it is of this machine."""
    host, _, port = text.rpartition(":")
    host = host.strip("[]") or "127.0.0.1"
    try:
        loopback = ip_address(host).is_loopback
        number = int(port)
    except ValueError:
        loopback, number = False, 0
    if not loopback or not 0 < number < 1 << 16:
        msg = (
            f"--metrics is {text!r}; it is an address of this machine such as 127.0.0.1:9464. "
            "Who scrapes from elsewhere comes through a proxy of yours"
        )
        raise ValueError(msg)
    return Address(host, number)


def serve(where: Address, options: Options, env: Env, rounds: Rounds) -> Callable[[], None]:
    """Serve the metrics on a thread; return what ends it. Raises `OSError`."""
    registry = CollectorRegistry()
    registry.register(_Alone(options, env, rounds))
    server, thread = start_http_server(where.port, where.host, registry)

    def close() -> None:
        server.shutdown()
        server.server_close()
        thread.join()

    return close


class Facts(Collector):
    """Gathers everything anew for each scrape."""

    def __init__(self, options: Options, env: Env, rounds: Rounds) -> None:
        """Gather from these."""
        self._options, self._env, self._rounds = options, env, rounds

    def describe(self) -> Iterable[Metric]:
        """Return nothing: what there is to tell is known by gathering."""
        return ()

    def collect(self) -> Iterator[Metric]:
        """Yield every metric; one part that cannot be read does not hide the others."""
        failures = 0
        parts = (self._authority, self._signer, self._status, self._journal, self._outbox)
        for part in (*parts, self._push, self._guard):
            try:
                yield from list(part())
            except (DatabaseError, KeyUnusable, OSError) as problem:
                log.warning("metrics are missing: %s", problem)
                failures += 1
        yield from self._worker()
        yield GaugeMetricFamily(
            "scrape_parts_failed", "Parts that could not be read just now.", value=failures
        )

    def _left(self, at: datetime) -> float:
        return (at - self._env.clock.now()).total_seconds()

    def _authority(self) -> Iterator[Metric]:
        left = GaugeMetricFamily(
            "certificate_authority_seconds_to_expiry",
            "Until a certificate of the CA, or the root's list, ends.",
            labels=["name"],
        )
        for found in endings(Places(self._options.data)):
            left.add_metric([found.name], self._left(found.ends))
        yield left

    def _signer(self) -> Iterator[Metric]:
        try:
            self._env.signer.ping()
            answers = 1
        except SignerUnavailable:
            answers = 0
        yield GaugeMetricFamily("signer_up", "1 if signatures can be had.", value=answers)

    def _status(self) -> Iterator[Metric]:
        left = GaugeMetricFamily(
            "crl_seconds_to_expiry", "Until a revocation list ends.", labels=["list"]
        )
        entries = GaugeMetricFamily("crl_entries", "Lines of a list.", labels=["list"])
        unseen = GaugeMetricFamily(
            "crl_unseen_seconds", "Since a list not yet fetched back was signed.", labels=["list"]
        )
        for found in health.list_facts():
            left.add_metric([found.name], self._left(found.next_update))
            entries.add_metric([found.name], found.entries)
            waits = 0.0 if found.seen_at else -self._left(found.this_update)
            unseen.add_metric([found.name], waits)
        yield from (left, entries, unseen)
        oldest = health.oldest_answer(self._env.clock.now())
        if oldest is not None:
            yield GaugeMetricFamily(
                "ocsp_oldest_answer_seconds_to_expiry",
                "Until the first of the answers signed beforehand ends.",
                value=self._left(oldest),
            )
        being = health.open_intentions()
        yield GaugeMetricFamily(
            "certificates_open", "Certificates intended and not finished.", value=being.count
        )
        yield GaugeMetricFamily(
            "certificates_open_oldest_seconds",
            "Age of the oldest of them.",
            value=-self._left(being.since) if being.since else 0,
        )

    def _journal(self) -> Iterator[Metric]:
        found = journal_fact()
        if found.checkpoint_at:
            yield GaugeMetricFamily(
                "journal_checkpoint_age_seconds",
                "Since the newest checkpoint was signed.",
                value=-self._left(found.checkpoint_at),
            )
        yield GaugeMetricFamily(
            "journal_unsealed_entries",
            "Entries that no signed checkpoint covers.",
            value=found.waiting + found.unsigned,
        )
        yield GaugeMetricFamily(
            "journal_unsealed_oldest_seconds",
            "Age of the oldest entry without a place.",
            value=-self._left(found.since) if found.since else 0,
        )

    def _outbox(self) -> Iterator[Metric]:
        waiting = GaugeMetricFamily("outbox_waiting", "Messages that wait.", labels=["channel"])
        dead = GaugeMetricFamily("outbox_dead", "Messages given up.", labels=["channel"])
        oldest = GaugeMetricFamily(
            "outbox_oldest_seconds", "Age of the oldest waiting.", labels=["channel"]
        )
        for found in backlog(self._env):
            waiting.add_metric([found.channel], found.waiting)
            dead.add_metric([found.channel], found.dead)
            age = found.oldest.total_seconds() if found.oldest else 0
            oldest.add_metric([found.channel], age)
        yield from (waiting, dead, oldest)

    def _push(self) -> Iterator[Metric]:
        if not self._env.push_hosts:
            return
        found = keys.health()
        yield GaugeMetricFamily(
            "push_subscriptions", "Apps that can be woken.", value=found.subscriptions
        )
        yield GaugeMetricFamily(
            "push_subscriptions_on_older_keys",
            "Of them, those that have not moved to the newest key.",
            value=found.on_older,
        )
        if found.made_at:
            yield GaugeMetricFamily(
                "push_key_age_seconds", "Age of the newest key.", value=-self._left(found.made_at)
            )

    def _guard(self) -> Iterator[Metric]:
        wrong = GaugeMetricFamily(
            "guard_wrong_today", "Wrong tries of all customers today.", labels=["door"]
        )
        counts = dict(guard.wrong_today(self._env))
        locked = counts.pop(guard.LOCKED)
        for door, count in counts.items():
            wrong.add_metric([door], count)
        yield wrong
        yield GaugeMetricFamily(
            "guard_locked_today", "Accounts that wrong tries have locked today.", value=locked
        )
        yield GaugeMetricFamily(
            "guard_alarms_today",
            "Marks of the guard passed today.",
            value=len(guard.alarms_today(self._env)),
        )
        yield GaugeMetricFamily(
            "code_wrong_today",
            "Wrong codes of all customers today.",
            value=codes.wrong_today(self._env),
        )
        yield GaugeMetricFamily(
            "sms_codes_this_hour",
            "Codes that left by SMS in this hour.",
            value=codes.sms_this_hour(self._env),
        )

    def _worker(self) -> Iterator[Metric]:
        came = CounterMetricFamily("worker_rounds", "Chores done.", labels=["chore"])
        failed = CounterMetricFamily("worker_failures", "Chores that failed.", labels=["chore"])
        for chore, (rounds, failures) in self._rounds().items():
            came.add_metric([chore], rounds)
            failed.add_metric([chore], failures)
        yield from (came, failed)


class _Alone(Facts):
    """The same on a thread that is gone after the scrape, and its connection with it."""

    def collect(self) -> Iterator[Metric]:
        try:
            yield from super().collect()
        finally:
            connection.close()
