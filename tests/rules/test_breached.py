"""The list of leaked passwords: a sorted file of SHA-1, searched where it lies (PWD-05)."""

import hashlib
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cinnabar.config import compose
from cinnabar.config.options import Options
from cinnabar.kernel.breached import BreachedFile, BreachedFileError
from cinnabar.kernel.secrets import Password


def digest(text: str) -> str:
    return hashlib.sha1(text.encode(), usedforsecurity=False).hexdigest().upper()


def written(path: Path, texts, *, ending="\r\n", small=False):
    """Write the list as the downloader does: hash and count, in the order of the hashes."""
    lines = sorted(f"{digest(text)}:{at * 7919 + 1}" for at, text in enumerate(texts))
    body = "".join(line + ending for line in lines)
    path.write_bytes((body.lower() if small else body).encode())
    return path


@pytest.mark.parametrize("small", [False, True])
@pytest.mark.parametrize("ending", ["\r\n", "\n"])
def test_each_password_of_the_list_is_found_and_no_other(tmp_path, ending, small):
    leaked = [f"password{n}" for n in range(500)]
    known = BreachedFile(written(tmp_path / "list", leaked, ending=ending, small=small))
    assert all(known.holds(Password(text)) for text in leaked)
    assert not any(known.holds(Password(f"{text}x")) for text in leaked)


@given(st.sets(st.text("abcdef012", max_size=6), min_size=1, max_size=9), st.text(max_size=6))
def test_lists_of_any_length_are_searched_to_both_ends(tmp_path_factory, leaked, other):
    path = tmp_path_factory.mktemp("list") / "list"
    known = BreachedFile(written(path, leaked))
    assert all(known.holds(Password(text)) for text in leaked)
    assert known.holds(Password(other)) is (other in leaked)


def test_hashes_alone_will_do(tmp_path):
    (tmp_path / "list").write_text(f"{digest('abc1234')}\n")
    assert BreachedFile(tmp_path / "list").holds(Password("abc1234"))


def test_case_counts(tmp_path):
    known = BreachedFile(written(tmp_path / "list", ["Abc1234"]))
    assert not known.holds(Password("abc1234"))


@pytest.mark.parametrize(
    ("body", "says"),
    [
        (b"", "empty"),
        (b"password\r\n", "no line of SHA-1 and count at octet 0"),
        (b"8846F7EAEE8FB117AD06BDD830B7586C:7\r\n", "no line of SHA-1"),  # NTLM
        (b"".join(b"%040X:1\r\n" % n for n in (3, 2, 1)), "not ordered by hash"),
        (b"%040X:1" % 1, "no line of SHA-1"),
    ],
)
def test_another_kind_of_file_is_refused_when_it_is_opened(tmp_path, body, says):
    (tmp_path / "list").write_bytes(body)
    with pytest.raises(BreachedFileError, match=says):
        BreachedFile(tmp_path / "list")


def test_an_operator_is_told_which_variable_names_no_file(tmp_path):
    options = replace(Options.read({"CINNABAR_DATA": str(tmp_path)}), breached=tmp_path / "nothing")
    with pytest.raises(ValueError, match=r"CINNABAR_BREACHED_PASSWORDS names .*nothing"):
        compose.breached_list(options)


def test_without_the_variable_there_is_no_list(tmp_path):
    assert compose.breached_list(Options.read({"CINNABAR_DATA": str(tmp_path)})) is None
