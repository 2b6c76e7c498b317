"""Texts from elsewhere as a page may hold them: nothing that hides, turns or breaks the rest, and nothing endless.

Escaping is not done here: texts of the page itself go through templates that escape, all others are data that the page
puts into the document as text.
"""

import json
import re
from collections.abc import Collection, Mapping
from math import isfinite

from pydantic import BaseModel

Plain = None | bool | int | float | str | list["Plain"] | dict[str, "Plain"]
"""What JSON holds."""

MOST_TEXT = 20_000
_MOST_ITEMS = 200
_HIDDEN = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\xad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff0-\ufffb\ufffe\uffff"
    "\ud800-\udfff\U000e0000-\U000e0fff]"
)
_SUSPECT = re.compile(rf"\\[bfru]|{_HIDDEN.pattern}")
"""In JSON: what is hidden, or the escape of it."""


def shown(text: str, most: int = MOST_TEXT) -> str:
    r"""`text`, with characters that nobody sees written out, like `\u{202e}`; at most `most` of it, which is said."""
    text = text.replace("\r\n", "\n")
    kept = _HIDDEN.sub(lambda found: f"\\u{{{ord(found[0]):x}}}", text[:most])
    return kept if len(text) <= most else f"{kept}… (cut: {len(text):,} characters in all)"


def line_of(text: str, most: int) -> str:
    """`text` on one line, for a table."""
    joined = " ".join(text[: 4 * most].split())
    return shown(joined if len(joined) <= most and len(text) <= 4 * most else joined[: most - 1] + "…")


def tamed_json(model: BaseModel, exclude: Collection[str] = ()) -> str:
    """A model as JSON, with every text as it is shown, and of long lists only the beginning."""
    try:
        text = model.model_dump_json(exclude=set(exclude))
    except ValueError:  # half of a surrogate pair, which is written out below
        text = "\\u"
    # Nearly every model is as it should be, and looking at its texts one by one takes ten times as long.
    if len(text) <= MOST_TEXT and not _SUSPECT.search(text):
        return text
    return json_of(tamed(model.model_dump(mode="json", exclude=set(exclude))))


def json_of(value: Plain) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"), allow_nan=False)


def tamed(value: object) -> Plain:
    """What a model dumps, with every text as it is shown, and of long lists only the beginning."""
    match value:
        case str():
            return shown(value)
        case float() if not isfinite(value):  # which JSON has no word for
            return str(value)
        case None | bool() | int() | float():
            return value
        case Mapping():
            return {shown(str(name), 200): tamed(each) for name, each in value.items()}
        case list() | tuple():
            return [tamed(each) for each in value[:_MOST_ITEMS]]
        case _:
            return shown(str(value))
