"""Mounts mail: what is told to a person, handed over after the answer, whose time then tells nothing."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import uuid4

from starlette.requests import Request

from trustcenter.runtime import mail


@dataclass
class Post:
    """What leaves through one mail server."""

    server: mail.MailServer

    async def send(self, to: str, subject: str, said: str) -> None:
        message, now = mail.Message(to, subject, said), datetime.now(UTC)
        await asyncio.to_thread(mail.send, self.server, message, identifier=str(uuid4()), now=now)

    def afterwards(self, request: Request, to: str, subject: str, said: str) -> None:
        """Sent by the guard once the answer is out."""
        request.state.afterwards.append((self.send, to, subject, said))
