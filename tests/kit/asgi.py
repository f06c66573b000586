"""What a response sends, without a server."""

import asyncio
from dataclasses import dataclass

from starlette.responses import Response
from starlette.types import Message


@dataclass(frozen=True)
class Sent:
    """Status, headers and bytes, as they went out."""

    status: int
    headers: dict[str, str]
    body: bytes


def sent(response: Response) -> Sent:
    """Everything that *response* sends to a client that stays to the end."""
    messages: list[Message] = []

    async def send(message: Message) -> None:
        messages.append(message)

    async def receive() -> Message:
        await asyncio.Event().wait()
        raise AssertionError("Nobody sets the event.")

    asyncio.run(response({"type": "http", "method": "GET"}, receive, send))
    start, *bodies = messages
    return Sent(
        start["status"],
        {name.decode(): value.decode() for name, value in start["headers"]},
        b"".join(message["body"] for message in bodies),
    )
