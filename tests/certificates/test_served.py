"""The worker fetches back what it published, by the address that relying parties use."""

import pytest

from cinnabar.certificates.models import PublishedCrl
from cinnabar.certificates.publishing import publish
from cinnabar.certificates.served import NotServed, look_back
from cinnabar.certificates.status import published_list
from cinnabar.config.fetch import fetch as fetch_really
from tests.support.installation import free_port

pytestmark = pytest.mark.django_db


@pytest.fixture
def fetch(env):
    """Fetch from a face that serves everything as it was published."""

    def run(url):
        name = url.removeprefix(f"{env.base_url}/crl/").removesuffix(".crl")
        return published_list(name) or b""

    return run


def unseen():
    return PublishedCrl.objects.filter(der__isnull=False, seen_at__isnull=True).count()


def test_what_is_served_as_published_is_marked_as_seen_once(env, clock, fetch):
    publish(env)
    many = unseen()
    assert look_back(env, fetch) == many >= 2
    assert unseen() == 0
    assert look_back(env, fetch) == 0
    clock.move(env.firm.status.crl_cadence)
    publish(env)
    assert unseen() == many, "the next lists are looked for again"


def test_an_older_list_is_borne_for_two_minutes_and_then_told(env, clock, fetch):
    publish(env)
    old = {name: published_list(name) for name in _names()}
    clock.move(env.firm.status.crl_cadence)
    publish(env)

    def cached(url):
        return old[url.removeprefix(f"{env.base_url}/crl/").removesuffix(".crl")]

    assert look_back(env, cached) == 0
    clock.move(seconds=121)
    with pytest.raises(NotServed, match=r"serves list \d+, published is \d+"):
        look_back(env, cached)
    assert unseen() == len(old)


@pytest.mark.parametrize("served", [b"", b"<html>not here</html>"])
def test_something_else_at_the_address_is_told(env, clock, served):
    publish(env)
    clock.move(seconds=121)
    with pytest.raises(NotServed, match="serves something that is no list"):
        look_back(env, lambda _: served)


def test_one_list_that_fails_does_not_keep_the_others_from_being_seen(env, clock, fetch):
    publish(env)
    clock.move(seconds=121)

    def partly(url):
        if url.endswith("-delta.crl"):
            msg = "connection refused"
            raise OSError(msg)
        return fetch(url)

    with pytest.raises(NotServed, match="cannot be fetched: connection refused"):
        look_back(env, partly)
    assert {row.delta for row in PublishedCrl.objects.filter(seen_at__isnull=True)} == {True}


def test_an_address_where_nobody_answers_is_a_fault_and_no_list():
    with pytest.raises(OSError, match="refused"):
        fetch_really(f"http://127.0.0.1:{free_port()}/crl/0123456789abcdef.crl")


def _names():
    return PublishedCrl.objects.filter(der__isnull=False).values_list("name", flat=True)
