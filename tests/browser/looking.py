"""What is looked at on every page that a test stops at."""

from playwright.sync_api import Page

from tests.support.chromium import SHOTS, Visit, check_accessibility

WATCH = """
(() => {
  addEventListener("securitypolicyviolation", (event) =>
    console.error(`policy: ${event.effectiveDirective} ${event.blockedURI} ${event.sample}`));
})();
"""

# Scripts from files and data blocks are all there may be; nothing in the markup may run or style.
MARKUP = """
() => [...document.querySelectorAll("*")].flatMap((e) => {
  const wrong = [...e.attributes].map((a) => a.name).filter((n) => n.startsWith("on"));
  if (e.style?.length) wrong.push("a style"); // taking a picture leaves an empty one
  if (e.localName === "style") wrong.push("a style element");
  if (e.localName === "script" && !e.src && e.type !== "application/json") wrong.push("a script");
  if (e.localName === "script" && e.src && !e.integrity) wrong.push("no integrity");
  return wrong.map((what) => `${e.localName}: ${what}`);
})
"""

# What sticks out of the page to the right, where no part of the page scrolls by itself.
WIDE = """
() => {
  const root = document.documentElement;
  if (root.scrollWidth <= root.clientWidth) return [];
  return [...document.querySelectorAll("body *")]
    .filter((e) => e.getBoundingClientRect().right > root.clientWidth + 0.5)
    .map((e) => `${e.localName}.${e.className}`);
}
"""

# WCAG 2.2, 2.5.8: 24 by 24 CSS pixels, but for links within a sentence.
SMALL = """
() => [...document.querySelectorAll("a[href], button, input, summary, [tabindex='0']")]
  .filter((e) => e.checkVisibility({ visibilityProperty: true }) && e.type !== "hidden")
  .filter((e) => !e.matches(".skip"))
  .filter((e) => !(e.matches("a") && getComputedStyle(e).display === "inline"))
  .map((e) => [e, (e.closest("label") ?? e).getBoundingClientRect()])
  .filter(([, box]) => box.width < 24 || box.height < 24)
  .map(([e, box]) => `${e.outerHTML.slice(0, 80)} ${box.width}x${box.height}`)
"""


class Watched(Visit):
    """A visit that also listens for what the content security policy stopped."""

    def page(self, *args, **more):
        page = super().page(*args, **more)
        page.context.add_init_script(WATCH)
        return page

    def forgive(self, part: str) -> None:
        """Take back complaints that contain `part`; there must be some."""
        kept = [complaint for complaint in self.complaints if part not in complaint]
        assert len(kept) < len(self.complaints), f"nothing complained of {part}"
        self.complaints[:] = kept


def check(page: Page) -> None:
    """Fail for what axe finds, code or style in the markup, what is cut off or too small."""
    for rule in (MARKUP, WIDE, SMALL):
        found = page.evaluate(rule)
        assert not found, found
    check_accessibility(page)


def look(page: Page, name: str, *, whole: bool = True) -> None:
    """Take a picture for people to look at, and check the page."""
    check(page)  # first: the camera leaves its marks in the markup
    SHOTS.mkdir(parents=True, exist_ok=True)
    # What lies behind a dialog is dimmed as far as the window goes, no further.
    whole = whole and page.get_by_role("dialog").count() == 0
    page.screenshot(path=SHOTS / f"{name}.png", full_page=whole)
