"""What the tests with PKCS#12 files share: our modules, a customer, files made once."""

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.contract.p12_makers import MAKERS
from tests.support.p12 import Holder, Pages, holder


@pytest.fixture(scope="session")
def pages(tmp_path_factory: pytest.TempPathFactory) -> Pages:
    return Pages(tmp_path_factory.mktemp("pages"))


@pytest.fixture(scope="session")
def customer() -> Holder:
    return holder()


@pytest.fixture
def utf8(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let programs take their arguments for UTF-8."""
    monkeypatch.setenv("LC_ALL", "C.UTF-8")


@pytest.fixture(scope="module")
def made(
    customer: Holder, tmp_path_factory: pytest.TempPathFactory
) -> Callable[[str, str, str], bytes]:
    """Return the customer's file by a maker, for a passphrase and a name; each is made once."""
    known: dict[tuple[str, str, str], bytes] = {}

    def make(maker: str, passphrase: str, name: str) -> bytes:
        asked = (maker, passphrase, name)
        if asked not in known:
            place: Path = tmp_path_factory.mktemp("made")
            known[asked] = MAKERS[maker](
                customer=customer, place=place, passphrase=passphrase, name=name
            )
        return known[asked]

    return make
