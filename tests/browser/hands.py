"""Somebody who has no pointer: Tab, Enter, Space, Escape, and what is seen of the focus."""

from dataclasses import dataclass

from playwright.sync_api import Locator, Page, expect

# The focus shows on the element itself or, for the code, on the box that is drawn for it.
SEEN = """
() => {
  const at = document.activeElement;
  if (!at || at === document.body) return { nothing: true };
  const marked = at.matches("[data-boxes] input")
    ? at.closest("[data-boxes]").querySelector(".now") : at;
  const style = getComputedStyle(marked);
  const box = marked.getBoundingClientRect();
  return {
    what: at.outerHTML.slice(0, 100),
    ring: parseFloat(style.outlineWidth) >= 2 && style.outlineStyle !== "none",
    inView: box.bottom > 0 && box.top < innerHeight && box.right > 0 && box.left < innerWidth,
    inDialog: !!at.closest("dialog"),
  };
}
"""
FAR = 60


@dataclass
class Hands:
    """A keyboard before a page."""

    page: Page

    def press(self, *keys: str) -> None:
        for key in keys:
            self.page.keyboard.press(key)

    def type(self, text: str) -> None:
        self.page.keyboard.type(text)

    def focused(self) -> dict[str, object]:
        """Return what has the focus; it must show, and be on the screen."""
        seen: dict[str, object] = self.page.evaluate(SEEN)
        assert not seen.get("nothing"), "the focus is nowhere"
        assert seen["ring"], f"no focus to be seen on {seen['what']}"
        assert seen["inView"], f"off the screen: {seen['what']}"
        return seen

    def go_to(self, target: Locator) -> None:
        """Press Tab until `target` has the focus."""
        expect(target).to_be_visible()
        for _ in range(FAR):
            self.press("Tab")
            if target.evaluate("e => e === document.activeElement"):
                self.focused()
                return
            if self.page.evaluate("document.activeElement !== document.body"):
                self.focused()
        msg = f"Tab does not reach {target}"
        raise AssertionError(msg)
