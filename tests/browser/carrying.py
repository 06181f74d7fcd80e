"""What a person does on the pages that carry certificates."""

from pathlib import Path

from playwright.sync_api import expect

from tests.browser.person import Person

PASSPHRASE = "Herbst Kiefer 42 Laterne"


def fill_in(person: Person, *, form: str = "strong", passphrase: str = PASSPHRASE) -> None:
    """Choose a form and a passphrase."""
    page = person.page
    page.locator(f"input[name=form][value={form}]").check()
    page.get_by_label(person.say("export.passphrase"), exact=True).fill(passphrase)
    page.get_by_label(person.say("export.again"), exact=True).fill(passphrase)


def export(person: Person, folder: Path, *, form: str = "strong") -> Path:
    """Go to the page, make a backup, save it."""
    person.page.goto("/certificates/export/")
    expect(person.step("choose")).to_be_visible()
    fill_in(person, form=form)
    person.button(person.say("export.make")).click()
    prove_if_asked(person)
    expect(person.step("done")).to_be_visible()
    return save(person, folder)


def prove_if_asked(person: Person) -> None:
    """Enter a code where this firm asks one for an export."""
    if person.env.firm.certificate.export_code:
        person.prove_code()


def save(person: Person, folder: Path) -> Path:
    """Press 下載備份檔 and return the file."""
    with person.page.expect_download() as download:
        person.page.get_by_role("link", name=person.say("export.save")).click()
    file = folder / download.value.suggested_filename
    download.value.save_as(file)
    return file


def choose(person: Person, file: Path, passphrase: str = PASSPHRASE) -> None:
    """Go to the import page, pick a file and press 匯入."""
    person.page.goto("/certificates/import/")
    picker = person.page.get_by_label(person.say("import.pick"))
    expect(picker).to_be_enabled()
    picker.set_input_files(file)
    person.page.get_by_label(person.say("import.passphrase"), exact=True).fill(passphrase)
    person.button(person.say("import.take")).click()


def take(person: Person, file: Path, passphrase: str = PASSPHRASE) -> None:
    """Pick another file on the page that is open, and press 匯入."""
    person.page.get_by_label(person.say("import.pick")).set_input_files(file)
    person.page.get_by_label(person.say("import.passphrase"), exact=True).fill(passphrase)
    person.button(person.say("import.take")).click()


def expect_refused_here(person: Person, kind: str) -> None:
    """Expect the sentences of a file that the page itself refuses."""
    said = f"js.import.{kind}"
    region = person.page.get_by_role("alert").filter(has_text=person.say(f"{said}_title"))
    expect(region).to_contain_text(person.say(f"{said}_detail"))
    expect(region).to_contain_text(person.say(f"{said}_next"))
    expect(region).to_be_in_viewport()


def stored(person: Person) -> int:
    """Return how many records this browser keeps."""
    count: int = person.page.evaluate(COUNT)
    return count


COUNT = """
async () => {
  const done = (r) =>
    new Promise((yes, no) => { r.onsuccess = () => yes(r.result); r.onerror = no; });
  const opening = indexedDB.open("cinnabar", 1);
  opening.onupgradeneeded = () => {
    opening.result.createObjectStore("certificates", { keyPath: "share" });
    opening.result.createObjectStore("device");
  };
  const db = await done(opening);
  const count = await done(db.transaction("certificates").objectStore("certificates").count());
  db.close();
  return count;
}
"""
