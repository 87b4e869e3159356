"""Hands on a keyboard: how far Tab is from a thing, and how many keys a job takes."""

from playwright.sync_api import Page


class Hands:
    """Somebody who has a keyboard only. Counts what is done; going somewhere with Tab is not doing."""

    def __init__(self, page: Page):
        self.page = page
        self.acts = 0  # keys that do something: open, send, choose
        self.fields = 0  # fields filled in

    def act(self, key: str) -> None:
        """Press a key that does something from where the focus is."""
        self.acts += 1
        self.page.keyboard.press(key)

    def use(self, selector: str, text: str = "", key: str = "Enter") -> None:
        """Go to something and press it."""
        tab_to(self.page, selector, text)
        self.act(key)

    def fill(self, selector: str, words: str) -> None:
        """Go to a field and type into it."""
        tab_to(self.page, selector)
        self.fields += 1
        self.page.keyboard.type(words)

    def pick_first(self, selector: str) -> None:
        """Go to a list that has nothing chosen and choose its first entry."""
        tab_to(self.page, selector)
        self.fields += 1
        self.page.keyboard.press("ArrowDown")


def tab_to(page: Page, selector: str, text: str = "") -> None:
    """Press Tab until the wanted element has the focus; every stop on the way must show that it has it."""
    for _ in range(200):
        page.keyboard.press("Tab")
        here = page.evaluate(STOP, [selector, text])
        assert here["seen"], f"the focus cannot be seen at {here['what']}"
        if here["there"]:
            return
    raise AssertionError(f"Tab never comes to {selector} {text}")


# An outline or shadow on the focused element, on its ::after, or on what is around it.
STOP = """([selector, text]) => {
  const here = document.activeElement;
  const shown = (style) => (style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 1);
  const box = here.getBoundingClientRect();
  const seen = here === document.body || (shown(getComputedStyle(here)) || shown(getComputedStyle(here, '::after'))
    || shown(getComputedStyle(here.parentElement))) && box.bottom > 0 && box.top < innerHeight;
  return {seen, what: here.outerHTML.slice(0, 120),
    there: here.matches(selector) && here.textContent.trim().startsWith(text)};
}"""
