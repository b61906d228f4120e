"""Somebody's browser window, used by what is read on the screen."""

from dataclasses import dataclass, field
from functools import cache
from typing import Any

from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Dialog, Locator, Page, Request, expect

from service.config import ROOT
from tests.e2e.cast import PASSWORD

AXE = ROOT / "service" / "web" / "assets" / "node_modules" / "axe-core" / "axe.min.js"
WCAG = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"]
# Elements that stick out of the page to the right, where the page itself then scrolls.
STICKING_OUT = """() => {
    const wide = document.documentElement.clientWidth;
    if (document.documentElement.scrollWidth <= wide) return [];
    const kept = (one) => one && (getComputedStyle(one).overflowX !== "visible" || kept(one.parentElement));
    const out = [...document.querySelectorAll("body *")]
        .filter((one) => one.getBoundingClientRect().right > wide + 1 && !kept(one.parentElement));
    return (out.length ? out : [document.body]).slice(0, 5).map((one) => one.outerHTML.slice(0, 160));
}"""
DRESS = """(chosen) => { for (const name in chosen) document.documentElement.dataset[name] = chosen[name]; }"""
# How htmx tells of a request that came to nothing, also where the page it was asked from is left meanwhile.
CAME_TO_NOTHING = ("htmx:afterRequest", "htmx:sendError", "htmx:sendAbort")
# Who leaves a page, or is given a file, breaks off what was still being asked; some stories pull the line.
MEANT = ("net::ERR_ABORTED", "net::ERR_INTERNET_DISCONNECTED")
# Milliseconds: a machine may have more to do than to show pages.
PATIENCE = 20_000
# What can be used and is seen.
USED = """
    const used = [...document.querySelectorAll(
        "a[href], button, input:not([type=hidden]), select, textarea, summary, [tabindex]")].filter((one) => {
        const box = one.getBoundingClientRect();
        return !one.disabled && box.width > 1 && box.height > 1 && one.checkVisibility({visibilityProperty: true});
    });
    const told = (one) => one.outerHTML.slice(0, 160);
"""
# In 长者模式 what is pressed is as high as a finger, a link in a text as its line, a box as what is clicked for it.
SMALL = f"""() => {{ {USED}
    const high = (one) => one.getBoundingClientRect().height;
    const height = (one) => Math.max(...[one, ...one.labels ?? []].map(high));
    const least = (one) => one.matches("button, input, select, textarea, summary, .btn, nav a") ? 44 : 24;
    return used.filter((one) => one.tabIndex >= 0 && !one.hasAttribute("tabindex") && height(one) < least(one) - .5)
        .map((one) => `${{height(one)}} px high: ${{told(one)}}`);
}}"""
# Nothing that is used is left out when one goes by keys, comes before its turn, or is passed unseen.
LOST = f"""() => {{ {USED}
    const before = document.activeElement;
    const never = ":not(a, button, input, select, textarea, summary), [role=option]";
    const lost = used.flatMap((one) => {{
        if (one.tabIndex > 0) return [`comes before its turn: ${{told(one)}}`];
        if (one.tabIndex < 0) return one.matches(never) ? [] : [`is left out: ${{told(one)}}`];
        one.focus({{preventScroll: true}});
        if (document.activeElement !== one) return [`takes no focus: ${{told(one)}}`];
        const {{outlineStyle, outlineWidth}} = getComputedStyle(one);
        return outlineStyle !== "none" && parseFloat(outlineWidth) >= 2 ? [] : [`is passed unseen: ${{told(one)}}`];
    }});
    before.focus({{preventScroll: true}});
    return lost;
}}"""
# Paper has nothing to press, is white, and each table's head stands on each of its pages.
AMISS = """() => {
    const told = (one) => one.outerHTML.slice(0, 160);
    const seen = (what) => [...document.querySelectorAll(what)].filter((one) => one.checkVisibility());
    const {backgroundColor, color} = getComputedStyle(document.body);
    return [
        ...seen("nav, header, footer, .btn, button").map((one) => `is printed: ${told(one)}`),
        ...(backgroundColor === "rgb(255, 255, 255)" && color === "rgb(0, 0, 0)" ? [] : ["is not black on white"]),
        ...seen("thead").filter((one) => getComputedStyle(one).display !== "table-header-group")
            .map((one) => `is printed once: ${told(one)}`),
    ];
}"""
VIOLATIONS = """async (chosen) =>
    (await axe.run(document, {runOnly: chosen, resultTypes: ["violations"], preload: false})).violations.flatMap(
    (rule) => rule.nodes.map((node) => `${rule.id}: ${node.html.slice(0, 200)} ${node.failureSummary}`))"""


@dataclass
class Window:
    """A window of its own: no cookie is shared with another.

    Attributes:
        faults: what the browser reported as wrong: scripts, styles or files that were refused or failed, dialogs.
    """

    page: Page
    address: str
    faults: list[str] = field(default_factory=list)

    @classmethod
    def open(cls, browser: Browser, address: str, **settings: Any) -> "Window":
        """Open it; settings as Playwright's new_context takes them."""
        context = browser.new_context(base_url=address, locale="zh-CN", timezone_id="Asia/Shanghai", **settings)
        context.set_default_timeout(PATIENCE)
        window = cls(context.new_page(), address)
        window.page.on("console", window._heard)
        window.page.on("pageerror", lambda error: window.faults.append(f"{window.page.url}: {error}"))
        window.page.on("requestfailed", window._missed)
        window.page.on("dialog", window._interrupted)
        return window

    @property
    def context(self) -> BrowserContext:
        """The cookies and settings behind the window."""
        return self.page.context

    def close(self) -> None:
        """Close it, whatever stands in it."""
        self.context.close()

    def _heard(self, message: ConsoleMessage) -> None:
        # A page that answers 422 or 404 is none the less a page.
        of_the_page = message.text.startswith("Failed to load resource") and "/static/" not in message.location["url"]
        told = of_the_page or message.text.startswith(CAME_TO_NOTHING)
        if message.type in {"error", "warning"} and not told:
            self.faults.append(f"{self.page.url}: {message.text}")

    def _missed(self, request: Request) -> None:
        if request.failure not in MEANT:
            self.faults.append(f"{self.page.url}: {request.url} failed: {request.failure}")

    def _interrupted(self, dialog: Dialog) -> None:
        if dialog.type != "beforeunload":
            self.faults.append(f"{self.page.url}: a dialog said {dialog.message}")
        dialog.accept()

    # --- what people do ----------------------------------------------------------------------------------------------

    def go(self, path: str) -> "Window":
        """Enter an address."""
        self.page.goto(path)
        return self

    def follow(self, name: str) -> None:
        """Click a link by its words."""
        self.main.get_by_role("link", name=name).first.click()
        self.page.wait_for_load_state()

    def link(self, name: str) -> str:
        """Where a link leads."""
        return self.main.get_by_role("link", name=name).first.get_attribute("href") or ""

    def press(self, name: str) -> None:
        """Click a button by its words."""
        self.main.get_by_role("button", name=name).first.click()
        self.page.wait_for_load_state()

    def write(self, name: str, text: str) -> None:
        """Fill in a field."""
        self.field(name).fill(text)

    def choose(self, name: str, value: str) -> None:
        """Take one of a list."""
        self.field(name).select_option(value)

    def tick(self, name: str, value: str = "true") -> None:
        """Take a choice that stands in the open."""
        self.main.locator(f'[name="{name}"][value="{value}"]').check()

    def field(self, name: str) -> Locator:
        """The first field of a name that can be seen; pages call their fields as the schemas do."""
        return self.main.locator(f'[name="{name}"]:visible').first

    def sign_in(self, login: str, password: str = PASSWORD) -> None:
        """Sign in as the page of the same name has it."""
        self.go("/sign-in")
        self.write("login", login)
        self.write("password", password)
        self.press("登录")

    # --- what people see ---------------------------------------------------------------------------------------------

    @property
    def main(self) -> Locator:
        """The page without its head and foot."""
        return self.page.locator("main")

    def sees(self, *texts: str) -> None:
        """All of these texts stand on the page, or do in a moment."""
        for text in texts:
            expect(self.main).to_contain_text(text, use_inner_text=True)

    def lacks(self, *texts: str) -> None:
        """None of these texts stands on the page."""
        for text in texts:
            expect(self.main).not_to_contain_text(text, use_inner_text=True)

    # --- what machines see -------------------------------------------------------------------------------------------

    def violations(self, rules: list[str] | None = None) -> list[str]:
        """What axe-core has against the page as it stands: by these rules, or all of WCAG 2.1 A and AA."""
        if not self.page.evaluate("() => 'axe' in window"):
            self.page.evaluate(_axe())
        return self.page.evaluate(VIOLATIONS, rules or WCAG)

    def lost(self) -> list[str]:
        """What somebody without a mouse cannot come to, or would come to without seeing it."""
        self.page.keyboard.press("Shift")  # from here on the browser shows where the focus is
        return self.page.evaluate(LOST)

    def small(self) -> list[str]:
        """What is too small for an unsteady finger."""
        return self.page.evaluate(SMALL)

    def printed_amiss(self) -> list[str]:
        """What a sheet of paper should not hold, while the page is shown as one."""
        return self.page.evaluate(AMISS)

    def dress(self, theme: str = "", reading: str = "") -> None:
        """Show the page in other colours or in large type, as if it had been chosen and the page loaded anew."""
        self.page.evaluate(DRESS, {"theme": theme, "reading": reading})

    def sticking_out(self) -> list[str]:
        """What is too wide for the window."""
        return self.page.evaluate(STICKING_OUT)


@cache
def _axe() -> str:
    """axe-core as a text: the pages' policy forbids loading it by a tag, evaluating does not ask the policy."""
    source = AXE.read_text(encoding="utf-8")
    return f"() => {{ {source} }}"
