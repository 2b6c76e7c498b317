"""Texts that would like to be more than text, for every field of a journal that holds one."""

TAGS = "</script><img src=x onerror=alert(1)><svg/onload=alert(2)>"
TEXTS = [
    TAGS,
    "<!--<script>",
    "{{ 7 * 7 }}{% raw %}",
    "' onmouseover='alert(3)",
    '" autofocus onfocus="alert(4)',
    "javascript:alert(5)",
    "a\x00b\x07c\x1b[31m",
    "abc\u202edef\u2066ghi\u200b\ufeff",
    "\u2028\u2029\x85\r",
    "%{x}<b>bold</b><a href='javascript:alert(6)'>",
    "x" * 1_000_000,
    "∀ x, ⟨x, ·⟩ 𝔸 é",
    "=cmd()|'|`|\\",
    "",
]
HIDDEN = "\x00\x07\x1b\u202e\u2066\u200b\ufeff\u2028\u2029\x85"
