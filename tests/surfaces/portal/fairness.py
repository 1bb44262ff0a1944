"""R-A-082: what would hold somebody up on the way out, looked for on the page as it is drawn.

Mark the control that cancels with `data-cancel` and what stands beside it, an offer or staying,
with `data-other`; `dark_patterns` then says in words everything that is not fair about the page.
"""

from collections.abc import Callable
from typing import Final

from playwright.sync_api import Page

from tenure.kernel.clock import monotonic_seconds

SHAMING: Final = (
    "are you sure", "really want", "miss out", "missing out", "don't go", "do not go",
    "sorry to see", "last chance", "hurry", "only today", "limited time", "regret", "think again",
    "before you go", "no thanks, i", "lose everything", "we'll miss", "sad to see",
    "真的要", "舍不得", "狠心", "忍心", "错过", "后悔", "限时", "仅剩", "最后机会", "再想想",
    "别走", "挽留", "残忍", "放弃优惠", "立即抢", "马上失去",
)  # fmt: skip
TIMER_MS: Final = 1_200
LOOK: Final = """() => {
  const seen = (one) => one.checkVisibility({checkOpacity: true, checkVisibilityCSS: true});
  const lum = ([r, g, b]) => {
    const [x, y, z] = [r, g, b].map((v) => {
      const s = v / 255; return s <= 0.03928 ? s / 12.92 : ((s + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * x + 0.7152 * y + 0.0722 * z;
  };
  const rgb = (text) => (text.match(/[\\d.]+/g) || []).map(Number);
  const ground = (one) => {
    for (let at = one; at; at = at.parentElement) {
      const c = rgb(getComputedStyle(at).backgroundColor);
      if (c.length === 3 || c[3] > 0) return c;
    }
    return [255, 255, 255];
  };
  const contrast = (one) => {
    const [a, b] = [lum(rgb(getComputedStyle(one).color)), lum(ground(one))].sort((m, n) => n - m);
    return (a + 0.05) / (b + 0.05);
  };
  const faults = [];
  for (const one of document.querySelectorAll("input:checked, option:checked")) {
    if (one.value) faults.push(`chosen beforehand: ${one.value}`);
  }
  const ways = [...document.querySelectorAll("[data-cancel]")];
  if (!ways.length) faults.push("no control that cancels");
  for (const one of ways) {
    const box = one.getBoundingClientRect(), style = getComputedStyle(one);
    if (!seen(one)) faults.push("the control that cancels is hidden");
    if (one.disabled || one.getAttribute("aria-disabled") === "true")
      faults.push("the control that cancels is disabled");
    if (document.querySelector("[data-other]") && (box.top < 0 || box.bottom > innerHeight))
      faults.push("the control that cancels is out of sight");
    if (one.tabIndex < 0) faults.push("the control that cancels is out of the tab order");
    if (parseFloat(style.animationDelay) > 0 || parseFloat(style.transitionDelay) > 0)
      faults.push("the control that cancels comes later");
  }
  for (const other of document.querySelectorAll("[data-other]")) {
    const way = ways[0];
    if (!way) break;
    const [a, b] = [way.getBoundingClientRect(), other.getBoundingClientRect()];
    if (a.width * a.height < 0.9 * b.width * b.height) faults.push("it is smaller");
    const size = (one) => parseFloat(getComputedStyle(one).fontSize);
    const weight = (one) => Number(getComputedStyle(one).fontWeight);
    if (size(way) < 0.9 * size(other) || weight(way) < weight(other)) faults.push("it is fainter");
    if (contrast(way) < contrast(other) - 0.01) faults.push("it has less contrast");
    const style = (one) => [getComputedStyle(one).backgroundColor,
      getComputedStyle(one).borderColor].join();
    if (style(way) !== style(other)) faults.push("it looks different");
    if (!(way.compareDocumentPosition(other) & Node.DOCUMENT_POSITION_FOLLOWING))
      faults.push("it comes after the other in the tab order");
  }
  if (document.querySelector("[role=timer], progress[max], marquee")) faults.push("a timer");
  if (document.querySelector("[tabindex]:not([tabindex='0']):not([tabindex='-1'])"))
    faults.push("the tab order is forced");
  return faults;
}"""


def dark_patterns(page: Page, *, meanwhile: Callable[[], object] = bool) -> list[str]:
    """Everything on a drawn page that would hold up somebody who leaves; empty where it is fair.

    Whether something counts down takes a moment to see, in which something else may be looked at.
    """
    text, until = page.locator("main").inner_text(), monotonic_seconds() + TIMER_MS / 1_000
    faults = drawn_patterns(page)
    meanwhile()
    page.wait_for_timeout(max(0.0, 1_000 * (until - monotonic_seconds())))
    if page.locator("main").inner_text() != text:
        faults.append("something counts down")
    return faults


def drawn_patterns(page: Page) -> list[str]:
    """What is unfair about a page as it stands, whatever becomes of it."""
    faults: list[str] = page.evaluate(LOOK)
    text = page.locator("main").inner_text()
    return faults + [f"shaming: {phrase}" for phrase in SHAMING if phrase in text.lower()]
