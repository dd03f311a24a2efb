"""The HTML in which values show themselves in a notebook: one style, readable in light and dark; every text escaped.

Colours pass WCAG AA on JupyterLab's backgrounds, where its own warning and success colours do not in light. A status is
a sign and a word, its colour is only the third. Nothing here depends on a clock, an address or a random id.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from html import escape
from typing import Final

SIGNS: Final = {"passed": "✓", "failed": "✕", "warning": "!", "skipped": "–"}

_LIGHT: Final = "--ok:#1a6e33;--bad:#b3231a;--warn:#7d5200;--dim:#535c66;--line:#d8dde3;--fill:#8881"
_DARK: Final = "--ok:#5ccf78;--bad:#ff8b80;--warn:#f0b849;--dim:#b3bac2;--line:#4a5159;--fill:#8881"
# JupyterLab, nbconvert and Voila say on <body> which they are; elsewhere (GitHub, a mail) the reader's system does.
_ELSEWHERE: Final = "body:not([data-jp-theme-light]):not(.theme-light):not(.vscode-light)"
_RULES: Final = f"""
@{{{_LIGHT};font-size:13px;line-height:1.45;max-width:960px;overflow-x:auto}}
[data-jp-theme-light="false"] @,.theme-dark @,.vscode-dark @{{{_DARK}}}
@media (prefers-color-scheme:dark){{{_ELSEWHERE} @{{{_DARK}}}}}
@ table{{border-collapse:collapse;margin:0;width:100%;table-layout:auto;border:0}}
@ caption,@ .title{{text-align:left;font-weight:600;padding:6px 0;caption-side:top;color:inherit;font-size:14px}}
@ th,@ td{{text-align:left!important;vertical-align:top!important;white-space:normal;overflow-wrap:anywhere}}
@ th,@ td{{padding:6px 12px 6px 0;border:0;border-top:1px solid var(--line);background:none;font-weight:400}}
@ th,@ td{{min-width:4.5em;max-width:42em}}
@ tr{{background:none!important}}
@ thead th{{color:var(--dim);border-top:0}}
@ th[scope=row]{{font-weight:500;overflow-wrap:break-word}}
@ .facts{{width:auto}}@ .facts th{{color:var(--dim);padding-right:24px}}
@ .number{{text-align:right!important;font-variant-numeric:tabular-nums}}
@ small{{display:block;color:var(--dim);font-size:12px;font-weight:400}}
@ .status{{white-space:nowrap;font-weight:600}}
@ .passed{{color:var(--ok)}}@ .failed{{color:var(--bad)}}@ .warning{{color:var(--warn)}}@ .skipped{{color:var(--dim)}}
@ summary{{cursor:pointer;padding:8px 0;border-top:1px solid var(--line);color:var(--dim)}}
@ pre{{background:var(--fill)!important;border:1px solid var(--line)!important;border-radius:6px;margin:4px 0}}
@ pre{{padding:10px 12px!important}}
@ pre{{max-height:340px;overflow:auto;font-size:12.5px;line-height:1.4;white-space:pre}}
@ p{{margin:4px 0}}
"""
# An at sign that begins no at-rule stands for our own element.
_STYLE: Final = f"<style>{re.sub('@(?!media)', '.athena-ds', _RULES)}</style>"
_STEPS: Final = ((10**12, "TB"), (10**9, "GB"), (10**6, "MB"), (10**3, "kB"))


def size(count: int) -> str:
    """Bytes in words: `1.31 GB`."""
    for step, unit in _STEPS:
        if count >= step:
            return f"{count / step:.3g} {unit}"
    return f"{count} bytes"


def page(*parts: str) -> str:
    """The parts as one output with its style."""
    return f'{_STYLE}<div class="athena-ds">{"".join(parts)}</div>'


def table(
    caption: str,
    *,
    columns: Sequence[str] = (),
    rows: Iterable[Sequence[str]],
    named: int = 0,
    numbers: Iterable[str] = (),
) -> str:
    """A table whose cells are HTML already: made by `text`, `status` or `both`.

    Args:
        caption: What the table is, in plain text; none where it is empty.
        columns: The headings, in plain text; none for a table of names and values.
        rows: The cells.
        named: Which cell names its row.
        numbers: The columns to align right.
    """
    right = set(numbers)
    kinds = [' class="number"' if name in right else "" for name in columns]
    head = "".join(f'<th scope="col"{kind}>{escape(name)}</th>' for name, kind in zip(columns, kinds, strict=True))
    body = "".join(_row(row, kinds or [""] * len(row), named) for row in rows)
    title = f"<caption>{escape(caption)}</caption>" if caption else ""
    kind = "" if columns else ' class="facts"'
    return f"<table{kind}>{title}{f'<thead><tr>{head}</tr></thead>' if head else ''}<tbody>{body}</tbody></table>"


def _row(cells: Sequence[str], kinds: Sequence[str], named: int) -> str:
    made = [
        f'<th scope="row"{kind}>{cell}</th>' if at == named else f"<td{kind}>{cell}</td>"
        for at, (cell, kind) in enumerate(zip(cells, kinds, strict=True))
    ]
    return f"<tr>{''.join(made)}</tr>"


def text(words: object) -> str:
    """Plain text as HTML."""
    return escape(str(words))


def both(words: object, small: object) -> str:
    """A text, and under it what explains it."""
    return f"{text(words)}<small>{text(small)}</small>" if str(small) else text(words)


def status(word: str) -> str:
    """A status: sign, word and colour."""
    sign = SIGNS.get(word, "·")
    return f'<span class="status {escape(word)}"><span aria-hidden="true">{sign}</span> {escape(word)}</span>'


def title(words: str) -> str:
    """What an output is, above it."""
    return f'<div class="title">{escape(words)}</div>'


def lines(items: Iterable[str]) -> str:
    """A paragraph a line."""
    return "".join(f"<p>{escape(item)}</p>" for item in items)


def code(words: str, *, about: str) -> str:
    """Text to read or copy, in a box that scrolls and can be reached by keyboard."""
    return f'<pre tabindex="0" role="region" aria-label="{escape(about)}">{escape(words)}</pre>'


def folded(summary: str, inside: str, *, unfolded: bool = False) -> str:
    """Something that opens when asked."""
    return f"<details{' open' if unfolded else ''}><summary>{escape(summary)}</summary>{inside}</details>"
