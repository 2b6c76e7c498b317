"""What is answered: the page, the view, the view again and again, the goals.

Only `serve` imports this module, when somebody wants the page: it takes Starlette to load it.
"""

from importlib.resources import files

import anyio
from starlette.applications import Starlette
from starlette.datastructures import MutableHeaders
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from proofagent.live.feed import Feed
from proofagent.live.goals import MOST_ROWS, goal_detail, goal_rows
from proofagent.live.guard import HEADERS, Guard

_KINDS = {"html": "text/html", "css": "text/css", "js": "text/javascript", "svg": "image/svg+xml"}
_PAGE = "page.html"
_QUIET_SECONDS = 15.0
"""After which a client is sent a line that says nothing, and is found to be gone if it is."""


def application(feed: Feed, guard: Guard) -> ASGIApp:
    """The whole server but for the connections."""
    pages = _Pages(feed)
    routes = [
        Route("/", pages.page),
        Route("/api/view", pages.view),
        Route("/api/events", pages.events),
        Route("/api/goals", pages.goals),
        Route("/api/goal/{digest}", pages.goal),
        Route("/{name}", pages.file),
    ]
    app = Starlette(routes=routes)
    app.router.redirect_slashes = False  # to where the request says that it is
    return _Guarded(app, guard)


class _Guarded:
    """Asks the guard first, and gives every answer its headers."""

    def __init__(self, app: ASGIApp, guard: Guard) -> None:
        self._app = app
        self._guard = guard

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        query: bytes = scope["query_string"]
        more: tuple[tuple[str, str], ...] = HEADERS

        async def sent(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message).update(dict(more))
            await send(message)

        refusal = self._guard.refusal(scope["method"], scope["headers"], query)
        if refusal is None:
            more = (*HEADERS, *self._guard.cookie(query))
            await self._app(scope, receive, sent)
        else:
            answer = PlainTextResponse(refusal.text, refusal.status, dict(refusal.headers))
            await answer(scope, receive, sent)


class _Pages:
    def __init__(self, feed: Feed) -> None:
        self._feed = feed
        folder = files("proofagent.live") / "page"
        self._files = {file.name: file.read_bytes() for file in folder.iterdir() if file.is_file()}

    async def page(self, _request: Request) -> Response:
        return self._file(_PAGE)

    async def file(self, request: Request) -> Response:
        name = request.path_params["name"]
        return self._file(name) if name in self._files else _refused(404, "there is no such page")

    async def view(self, _request: Request) -> Response:
        await self._feed.newer(0)
        return _json(self._feed.text)

    async def events(self, _request: Request) -> Response:
        return _Events(self._feed)

    async def goals(self, request: Request) -> Response:
        asked = request.query_params
        try:
            offset, limit = int(asked.get("offset", "0")), int(asked.get("limit", "50"))
        except ValueError:
            return _refused(400, "offset and limit are numbers")
        if offset < 0 or not 0 < limit <= MOST_ROWS:
            return _refused(400, f"offset is 0 or more, limit from 1 to {MOST_ROWS}")
        outcome, text = asked.get("outcome", ""), asked.get("text", "")
        found = await self._feed.ask(lambda follower: goal_rows(follower.progress, outcome, text, offset, limit))
        return _json(found.model_dump_json().encode())

    async def goal(self, request: Request) -> Response:
        digest = request.path_params["digest"]
        found = await self._feed.ask(lambda follower: goal_detail(follower, digest))
        return _refused(404, "there is no such goal") if found is None else _json(found.model_dump_json().encode())

    def _file(self, name: str) -> Response:
        return Response(self._files[name], media_type=_KINDS[name.rpartition(".")[2]])


class _Events(Response):
    """Server-sent events: the view whenever there is a new one, as long as the client is there.

    A client that does not read is waited for here, with one view; what comes meanwhile it never gets.
    """

    def __init__(self, feed: Feed) -> None:
        super().__init__(media_type="text/event-stream")
        self._feed = feed
        del self.headers["content-length"]

    async def __call__(self, _scope: Scope, receive: Receive, send: Send) -> None:
        async with anyio.create_task_group() as group:

            async def leave() -> None:
                while (await receive())["type"] != "http.disconnect":
                    pass
                group.cancel_scope.cancel()

            group.start_soon(leave)
            await send({"type": "http.response.start", "status": 200, "headers": self.raw_headers})
            await send(_part(b"retry: 2000\n\n"))
            number = 0
            while True:
                with anyio.move_on_after(_QUIET_SECONDS) as quiet:
                    if not await self._feed.newer(number):
                        break
                if quiet.cancelled_caught:
                    await send(_part(b": nothing new\n\n"))
                else:
                    number, text = self._feed.number, self._feed.text
                    await send(_part(b"data: " + text + b"\n\n"))
            await send({"type": "http.response.body", "body": b"", "more_body": False})
            group.cancel_scope.cancel()


def _part(data: bytes) -> Message:
    return {"type": "http.response.body", "body": data, "more_body": True}


def _json(text: bytes) -> Response:
    return Response(text, media_type="application/json")


def _refused(status: int, why: str) -> Response:
    return JSONResponse({"error": why}, status)
