"""What must not be in the tree."""

import re

from tests.support.tree import TOP, files, lines, texts, written

LONGEST = 400

# Backwards, so that this file does not hold what it looks for.
REAL_FIRMS = [word[::-1] for word in ("基凱", "IGK", "亨鉅", "eunA", "moc.igk")]
LEFT_OPEN = [w[::-1] for w in ("ODOT", "EMXIF", "X" * 3, "rorrEdetnemelpmItoN", "peels.emit")]
LEFT_OUT = ("pytest.mark." + "skip", "pytest.mark." + "xfail", "pytest." + "skip(")
MACHINES = re.compile(
    r"/(?:wo" + r"rk|fa" + r"rm|ro" + r"ot)/[a-z.]|/tmp/(?:bash" + r"_jobs|stu" + "dio)"
)


def test_no_real_firm_is_named():
    assert [
        f"{path}:{number}"
        for path, text in texts()
        if path.name != "package-lock.json"  # its checksums can spell anything
        for number, line in lines(text)
        if any(word in line for word in REAL_FIRMS)
    ] == []


def test_no_machine_is_named():
    assert [
        f"{path}:{number}"
        for path, text in texts()
        for number, line in lines(text)
        if MACHINES.search(line)
    ] == []


def test_nothing_is_left_open_asleep_or_out():
    assert [
        f"{path}:{number}: {word}"
        for path, text in written()
        for number, line in lines(text)
        for word in (*LEFT_OPEN, *LEFT_OUT)
        if word in line
    ] == []


def test_no_file_is_two_things():
    counts = {path: len(text.splitlines()) for path, text in written()}
    assert {str(path): n for path, n in counts.items() if n > LONGEST} == {}


def test_every_opt_out_has_its_reason():
    bare = re.compile(r"#\s*noqa(?!: [A-Z0-9, ]+ - \w)|#\s*type: ignore(?!\[[\w, -]+\]\s+#\s*\w)")
    assert [
        f"{path}:{number}"
        for path, text in written()
        if path.suffix == ".py" and path.parts[0] in {"src", "tools"}
        for number, line in lines(text)
        if bare.search(line)
    ] == []


def test_lock_files_name_no_host_and_no_path():
    locks = [TOP / "requirements" / f"{n}.txt" for n in ("build", "product", "dev")]
    assert [
        f"{lock.name}:{number}"
        for lock in locks
        for number, line in lines(lock.read_text())
        if "://" in line or re.search(r"--(index|extra|find|trusted)|\s/", line)
    ] == []
    assert '"resolved"' not in (TOP / "frontend" / "package-lock.json").read_text()


def test_every_locked_package_has_hashes():
    for name in ("build", "product", "dev"):
        text = (TOP / "requirements" / f"{name}.txt").read_text()
        pinned = re.split(r"^(?=[A-Za-z0-9])", text, flags=re.MULTILINE)[1:]
        assert pinned
        assert [p.split()[0] for p in pinned if "--hash=sha256:" not in p] == []


def test_no_private_key_is_committed():
    begins = "-----BEGIN " + "PRIVATE KEY"
    assert [str(p.relative_to(TOP)) for p in files() if begins.encode() in p.read_bytes()] == []
