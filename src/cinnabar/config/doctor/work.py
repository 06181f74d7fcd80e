"""What goes on: database, signer, journal, certificates being issued, messages, the clock."""

from collections.abc import Iterator
from datetime import timedelta

from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from cinnabar.certificates import health
from cinnabar.config.doctor.check import Check, Level, grade, span
from cinnabar.config.options import Options
from cinnabar.env import Env
from cinnabar.journal.health import journal_fact
from cinnabar.limits import guard
from cinnabar.messages.push import keys
from cinnabar.messages.queries import Backlog, backlog
from cinnabar.signer.protocol import SignerUnavailable

_MINUTE = timedelta(minutes=1)
_HOUR = timedelta(hours=1)
_AHEAD = timedelta(minutes=2)
_KEY_SERVES = timedelta(days=730)
_NAMED = 3
"""How many marks are named in a line."""


def database(_: Options, env: Env) -> Iterator[Check]:
    """Look whether the database answers and has the tables of this version."""
    del env
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    executor = MigrationExecutor(connection)
    missing = executor.migration_plan(executor.loader.graph.leaf_nodes())
    if missing:
        names = ", ".join(f"{migration.app_label} {migration.name}" for migration, _ in missing[:3])
        said = f"{len(missing)} changes of this version are not made, first {names}"
        yield Check("database", Level.BAD, said, "Make them: `cinnabar prepare`.")
    else:
        yield Check("database", Level.OK, f"answers ({connection.vendor}), all tables are there")


def signer(_: Options, env: Env) -> Iterator[Check]:
    """Look whether signatures can be had."""
    try:
        env.signer.ping()
    except SignerUnavailable as problem:
        said = f"nothing can be signed: {problem}"
        yield Check("signer", Level.BAD, said, "Start it: `cinnabar signer`.")
    else:
        yield Check("signer", Level.OK, "answers")


def journal(_: Options, env: Env) -> Iterator[Check]:
    """Look how far the journal is sealed."""
    found, now = journal_fact(), env.clock.now()
    if found.checkpoint_at is None:
        newest = "no checkpoint was signed yet"
    else:
        newest = f"the newest checkpoint is {span(now - found.checkpoint_at)} old"
    waits = now - found.since if found.since else timedelta()
    level = grade(-waits, warn=-_MINUTE, bad=-10 * _MINUTE)
    if found.unsigned and level is Level.OK:
        level = Level.WARN
    said = (
        f"{newest}, {found.waiting} entries wait for their place, {found.unsigned} for a signature"
    )
    step = "See that `cinnabar worker` runs; then `cinnabar journal verify`."
    yield Check("journal", level, said, "" if level is Level.OK else step)


def intentions(_: Options, env: Env) -> Iterator[Check]:
    """Look for certificates that were begun and not finished."""
    found = health.open_intentions()
    waits = env.clock.now() - found.since if found.since else timedelta()
    level = grade(-waits, warn=-5 * _MINUTE, bad=-_HOUR)
    said = f"{found.count} certificates are being issued"
    if found.count:
        said = f"{said}, the first for {span(waits)}"
    step = "Finish them: `cinnabar ca resume`; the signer must run."
    yield Check("open intentions", level, said, "" if level is Level.OK else step)


def guarded(_: Options, env: Env) -> Iterator[Check]:
    """Look whether somebody guesses at many accounts today (LCK-04, LCK-08)."""
    counts = dict(guard.wrong_today(env))
    locked = counts.pop(guard.LOCKED)
    alarms = guard.alarms_today(env)
    said = f"{sum(counts.values())} wrong tries and {locked} locked accounts today"
    if not alarms:
        yield Check("guard", Level.OK, said)
        return
    named = ", ".join(alarms[:_NAMED]) + (" and more" if len(alarms) > _NAMED else "")
    step = "If it goes on, shut an address out at your proxy; docs/operations/under-attack.md."
    yield Check("guard", Level.WARN, f"{said}; marks passed: {named}", step)


def push(_: Options, env: Env) -> Iterator[Check]:
    """Look whether apps are woken, and how old the key is that push services know us by."""
    if not env.push_hosts:
        said = "no push service is named in CINNABAR_PUSH: the app looks for itself"
        yield Check("push", Level.OK, said)
        return
    found = keys.health()
    if found.made_at is None:
        step = "See that `cinnabar worker` runs: it makes the key."
        yield Check("push", Level.WARN, "there is no key yet, so no app can subscribe", step)
        return
    age = env.clock.now() - found.made_at
    level = Level.WARN if age > _KEY_SERVES else Level.OK
    said = (
        f"{found.subscriptions} apps are woken, {found.on_older} by an older key; "
        f"the newest key is {span(age)} old"
    )
    step = "Make another: `cinnabar push rotate`."
    yield Check("push", level, said, step if level is Level.WARN else "")


def outbox(_: Options, env: Env) -> Iterator[Check]:
    """Look at what waits to be sent, by channel."""
    return (_channel(found) for found in backlog(env))


def _channel(found: Backlog) -> Check:
    waits = found.oldest or timedelta()
    level = grade(-waits, warn=-10 * _MINUTE, bad=-_HOUR)
    said = f"{found.waiting} wait, {found.sending} are on their way, {found.dead} were given up"
    step = ""
    if found.oldest:
        said = f"{said}; the oldest waits for {span(waits)}"
    if level is not Level.OK:
        step = "See that `cinnabar worker` runs and the mail server or gateway answers."
    elif found.dead:
        level, step = Level.WARN, "Read docs/operations/messages.md: `cinnabar messages requeue`."
    return Check(f"outbox {found.channel}", level, said, step)


def clock(_: Options, env: Env) -> Iterator[Check]:
    """Look whether this machine's clock is behind what was written before."""
    now = env.clock.now()
    written = [journal_fact().newest_at, *(one.this_update for one in health.list_facts())]
    newest = max((at for at in written if at), default=now)
    if newest - now > _AHEAD:
        said = f"it is {span(newest - now)} behind what was written here before"
        yield Check("clock", Level.BAD, said, "Set it by NTP: `timedatectl set-ntp true`.")
    else:
        yield Check("clock", Level.OK, f"{now:%Y-%m-%d %H:%M:%S} UTC, not behind the records")
