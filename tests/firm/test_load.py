"""Reading firm files: what is right loads, what is not is refused with a sentence."""

import dataclasses
from datetime import time, timedelta

import pytest

from cinnabar.firm import FirmFileError, load_firm, shipped
from tests.firm.support import TAIWAN, changed, refusal, without

NO_FIRMS = [
    *(b"", b"\xff\xfe", b"[identity", b"a = 1\na = 2", b"[" * 2000, b"a.b = 1"),
    b"identity = 1",
]


@pytest.mark.parametrize("name", ["taiwan", "strong", "hongkong"])
def test_the_shipped_files_load(name):
    assert name in shipped()
    assert load_firm(name).identity.code == name


def test_a_file_of_ones_own_loads_from_its_path(tmp_path):
    mine = tmp_path / "mine.toml"
    mine.write_bytes(changed('code = "taiwan"', 'code = "mine"'))
    assert load_firm(mine).identity.code == load_firm(str(mine)).identity.code == "mine"


def test_units_and_types_arrive_as_the_product_uses_them():
    firm = load_firm("taiwan")
    assert firm.code.ttl == timedelta(seconds=300)
    assert firm.login.idle == timedelta(minutes=15)
    assert firm.certificate.ends_at == time(23, 59, 59)
    assert firm.code.required_for_apply == {"web", "helper", "mobile"}
    assert str(firm.identity.timezone) == "Asia/Taipei"


def test_the_same_file_read_twice_is_the_same_firm():
    assert load_firm("taiwan") == load_firm("taiwan")
    assert hash(load_firm("taiwan")) == hash(load_firm("taiwan"))
    assert load_firm("taiwan") != load_firm("strong")


def test_nobody_changes_a_firm_that_is_in_use():
    firm = load_firm("taiwan")
    with pytest.raises(dataclasses.FrozenInstanceError):
        setattr(firm.code, "length", 1)  # noqa: B010 - what types forbid is what is tried
    assert not hasattr(firm.identity.names, "__setitem__")


def test_a_part_made_by_hand_is_checked_as_one_from_a_file():
    code = load_firm("taiwan").code
    with pytest.raises(FirmFileError, match=r"^length is 0; accepted: a whole number from 4"):
        dataclasses.replace(code, length=0)


@pytest.mark.parametrize("table", ["status", "login.second_factor", "menus"])
def test_a_missing_table_is_refused_by_its_name(table):
    assert refusal(without(table, None)).key == table


@pytest.mark.parametrize(
    "document",
    [b"", b"\xff\xfe", b"[identity", b"a = 1\na = 2", b"[" * 2000, b"a.b = 1", b"identity = 1"],
)
def test_what_is_no_firm_file_is_refused_with_a_sentence(document):
    assert str(refusal(document)).endswith(".")


def test_a_file_that_is_not_there_is_told_with_the_names_that_are(tmp_path):
    with pytest.raises(
        FirmFileError,
        match=r"absent\.toml cannot be opened \(No such file .* hongkong, strong, taiwan",
    ):
        load_firm(tmp_path / "absent.toml")


@pytest.mark.parametrize("name", ["", ".", "a\0b"])
def test_what_cannot_be_a_file_is_refused_as_well(name):
    with pytest.raises(FirmFileError, match="cannot be opened"):
        load_firm(name)


def test_a_file_of_more_than_a_megabyte_is_not_read(tmp_path):
    huge = tmp_path / "huge.toml"
    huge.write_bytes(b"#" * (1 << 20) + b"#")
    with pytest.raises(FirmFileError, match="larger than a megabyte"):
        load_firm(huge)


def test_a_file_of_a_megabyte_is(tmp_path):
    full = tmp_path / "full.toml"
    own = TAIWAN.encode()
    full.write_bytes(own + b"#" * ((1 << 20) - len(own)))
    assert load_firm(full) == load_firm("taiwan")
