"""Who may look: whoever has the token, under a name of this machine, and only to read.

Any page in the same browser can send requests here. It does not know the token, and its cookie is sent to nobody that
another site has led here. A site that lets its own name point to this machine is known by that name in the request.
"""

import hmac
import ipaddress
import re
import socket
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from urllib.parse import parse_qs

_LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})
_HOST = re.compile(r"(?:\[([0-9A-Fa-f:.]+)\]|([^][:/@?#\\\s]+?))\.?(?::\d{1,5})?")
_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; base-uri 'none';"
    " form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'"
)
HEADERS = (
    ("cache-control", "no-store"),
    ("content-security-policy", _POLICY),
    ("cross-origin-opener-policy", "same-origin"),
    ("cross-origin-resource-policy", "same-origin"),
    ("referrer-policy", "no-referrer"),
    ("x-content-type-options", "nosniff"),
    ("x-frame-options", "DENY"),
    ("connection", "close"),  # one request each: nothing is left over for a second one
)
"""Of every answer."""

NOT_LET_IN = """\
401: this page shows a run to whoever has its token.
Open the whole address that `proofagent batch --serve` or `proofagent watch --serve` has printed, ?token=... included.
When that was started anew, the address is a new one. For programs: the header "Authorization: Bearer TOKEN".
"""
WRONG_HOST = """\
421: this server does not go by that name. Use localhost, 127.0.0.1, or the name that was given with --host.
"""
ONLY_GET = "405: there is nothing here to change, only to look at (GET).\n"

Headers = Iterable[tuple[bytes, bytes]]


@dataclass(frozen=True, slots=True)
class Refusal:
    """What is answered instead."""

    status: int
    text: str
    headers: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Guard:
    """The rules of one server; `token` is of letters, digits, `-` and `_`."""

    token: str
    host: str
    port: int

    def refusal(self, method: str, headers: Headers, query: bytes) -> Refusal | None:
        """Why a request is not answered; None where it is."""
        headers = list(headers)
        if not self._named(_values(headers, b"host")):
            return Refusal(421, WRONG_HOST)
        if method != "GET":
            return Refusal(405, ONLY_GET, (("allow", "GET"),))
        if not any(map(self._right, [*_in_query(query), *self._in_headers(headers)])):
            return Refusal(401, NOT_LET_IN, (("www-authenticate", "Bearer"),))
        return None

    def cookie(self, query: bytes) -> tuple[tuple[str, str], ...]:
        """The header with the cookie, where the address has the token: the browser needs the address no more then."""
        if not any(map(self._right, _in_query(query))):
            return ()
        return (("set-cookie", f"{self._cookie_name}={self.token}; HttpOnly; SameSite=Strict; Path=/"),)

    @property
    def _cookie_name(self) -> str:
        """With the port: browsers have one jar for all ports of a machine."""
        return f"proofagent-{self.port}"

    def _named(self, hosts: Sequence[str]) -> bool:
        match = _HOST.fullmatch(hosts[0]) if len(hosts) == 1 else None
        if match is None:
            return False
        name = (match[1] or match[2]).lower()
        if name in _LOOPBACK or name == self.host.lower():
            return True
        # Who listens everywhere cannot know all its names elsewhere. Nobody can be led here by a mere address.
        return _everywhere(self.host) and (_is_address(name) or name == socket.gethostname().lower())

    def _in_headers(self, headers: Headers) -> list[str]:
        found = []
        for value in _values(headers, b"authorization"):
            scheme, _, token = value.partition(" ")
            found += [token.strip()] if scheme.lower() == "bearer" else []
        for value in _values(headers, b"cookie"):
            pairs = (pair.strip().partition("=") for pair in value.split(";"))
            found += [token for name, _, token in pairs if name == self._cookie_name]
        return found

    def _right(self, token: str) -> bool:
        return hmac.compare_digest(token.encode("utf-8", "replace"), self.token.encode())


def _in_query(query: bytes) -> list[str]:
    return parse_qs(query.decode("latin-1")).get("token", [])


def _values(headers: Headers, name: bytes) -> list[str]:
    return [value.decode("latin-1") for key, value in headers if key.lower() == name]


def _everywhere(host: str) -> bool:
    return _is_address(host) and ipaddress.ip_address(host).is_unspecified


def _is_address(name: str) -> bool:
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return False
    return True
