"""The demo's directory: one demo at a time, and nothing of anybody else's is touched."""

import pytest

from cinnabar.config.place import MARK, UnusableError, taken


def test_a_new_directory_becomes_a_demo(tmp_path):
    data = tmp_path / "new"
    with taken(data, "taiwan", fresh=False):
        assert (data / MARK).exists()
        assert data.stat().st_mode & 0o077 == 0


def test_a_second_demo_in_the_same_directory_is_turned_away(tmp_path):
    with (
        taken(tmp_path, "taiwan", fresh=False),
        pytest.raises(UnusableError, match="a demo runs in"),
        taken(tmp_path, "taiwan", fresh=False),
    ):
        pass


def test_the_second_run_finds_what_the_first_left(tmp_path):
    with taken(tmp_path, "taiwan", fresh=False):
        (tmp_path / "cinnabar.sqlite3").write_text("customers")
    with taken(tmp_path, "taiwan", fresh=False):
        assert (tmp_path / "cinnabar.sqlite3").read_text() == "customers"


def test_another_firm_does_not_move_in(tmp_path):
    with taken(tmp_path, "taiwan", fresh=False):
        pass
    with (
        pytest.raises(UnusableError, match="firm taiwan"),
        taken(tmp_path, "strong", fresh=False),
    ):
        pass


def test_fresh_empties_a_demo(tmp_path):
    with taken(tmp_path, "taiwan", fresh=False):
        (tmp_path / "signer").mkdir()
        (tmp_path / "signer" / "ledger.log").write_text("1")
    with taken(tmp_path, "strong", fresh=True):
        assert not (tmp_path / "signer").exists()


@pytest.mark.parametrize("fresh", [True, False])
def test_somebody_elses_directory_is_left_alone(tmp_path, fresh):
    (tmp_path / "thesis.txt").write_text("ten years")
    with pytest.raises(UnusableError, match="no demo"), taken(tmp_path, "taiwan", fresh=fresh):
        pass
    assert (tmp_path / "thesis.txt").read_text() == "ten years"


def test_fresh_does_not_follow_a_link_out_of_the_directory(tmp_path):
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "thesis.txt").write_text("ten years")
    demo = tmp_path / "demo"
    with taken(demo, "taiwan", fresh=False):
        (demo / "link").symlink_to(outside)
    with taken(demo, "taiwan", fresh=True):
        assert not (demo / "link").exists()
    assert (outside / "thesis.txt").exists()


def test_a_file_is_no_directory(tmp_path):
    (tmp_path / "file").write_text("")
    with (
        pytest.raises(UnusableError, match="cannot be used"),
        taken(tmp_path / "file", "taiwan", fresh=False),
    ):
        pass


def test_a_path_too_long_for_a_socket_is_refused_before_anything_is_made(tmp_path):
    deep = tmp_path / ("d" * 100)
    with pytest.raises(UnusableError, match="too long"), taken(deep, "taiwan", fresh=False):
        pass
    assert not deep.exists()
