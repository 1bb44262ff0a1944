"""From a page as plain values to a PDF: typst with the CJK font embedded as a subset (R-I-024).

The same values give the same bytes: no date, no chance and no font of the machine goes in.
"""

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

TEMPLATES: Final = Path(__file__).with_name("templates")
# The files carry an instant; a fixed one, so that a paper printed twice is one paper.
EPOCH: Final = datetime(2000, 1, 1, tzinfo=UTC)


def pdf(template: str, page: Mapping[str, Any], *, standard: str = "") -> bytes:
    """A page as PDF; `standard` may name PDF/A ("a-3b")."""
    options: dict[str, Any] = {"pdf_standards": [standard]} if standard else {}
    return _compiled(template, page, format="pdf", **options)


def picture(template: str, page: Mapping[str, Any], *, ppi: float = 72) -> bytes:
    """The first page as PNG, for previews and golden tests."""
    return _compiled(template, page, format="png", ppi=ppi)


def _compiled(template: str, page: Mapping[str, Any], **options: Any) -> bytes:
    import noto_cjk_sans_otc
    import typst

    fonts = Path(noto_cjk_sans_otc.__file__).parent
    made = typst.compile(
        TEMPLATES / f"{template}.typ",
        root=TEMPLATES,
        font_paths=[fonts],
        ignore_system_fonts=True,
        sys_inputs={"page": json.dumps(page, ensure_ascii=False)},
        timestamp=int(EPOCH.timestamp()),
        **options,
    )
    pages = made if isinstance(made, list) else [made]
    first = next(iter(pages))
    assert first is not None, "typst returns bytes where no file is named"
    return bytes(first)
