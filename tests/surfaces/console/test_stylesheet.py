"""What the one style sheet of console and portal keeps to."""

import re
from pathlib import Path

import tenure.surfaces

SHEET = Path(tenure.surfaces.__file__).parent / "static" / "tenure" / "tenure.css"


def rules() -> str:
    return re.sub(r"/\*.*?\*/", "", SHEET.read_text(encoding="utf-8"), flags=re.DOTALL)


def test_chinese_is_set_in_fonts_of_the_system_with_room_between_lines() -> None:
    """R-U-004: no font from elsewhere, 1.6 between lines, and no signs of Han apart."""
    css = rules()

    [fonts] = re.findall(r"--tn-font:\s*([^;]+);", css)
    [body] = re.findall(r"^body \{(.*?)\}", css, flags=re.DOTALL | re.MULTILINE)
    assert all(
        f'"{one}"' in fonts for one in ("PingFang SC", "Microsoft YaHei", "Noto Sans CJK SC")
    )
    assert float(re.findall(r"line-height:\s*([\d.]+)", body)[0]) >= 1.6
    assert "text-autospace: normal" in css
    assert not re.findall(r"@import|url\(\s*['\"]?(?:https?:)?//", css)


def test_no_spacing_between_letters_reaches_chinese() -> None:
    """R-U-004: whatever is set closer or wider is taken back where the language is Chinese."""
    css = rules()
    spaced = {
        selector.strip()
        for selectors, body in re.findall(r"([^{}]+)\{([^{}]*)\}", css)
        if re.search(r"letter-spacing:\s*-?\.?0*[1-9.]", body)
        for selector in selectors.split(",")
    }

    [taken_back] = re.findall(r":lang\(zh\) :is\(([^)]*)\) \{ letter-spacing: 0; \}", css)

    assert spaced
    assert spaced <= {one.strip() for one in taken_back.split(",")}


def test_a_tall_table_keeps_its_heads_and_its_sums_in_sight() -> None:
    """R-U-041."""
    css = rules()

    for part, edge in (("thead > tr > th", "top"), ("tfoot > tr > *", "bottom")):
        [body] = re.findall(rf"\.tn-scroll--tall > \.table > {re.escape(part)} \{{([^}}]*)\}}", css)
        assert "position: sticky" in body
        assert f"{edge}: 0" in body
