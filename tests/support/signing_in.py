"""People of the sample's customers as they sign in, ask for links and follow them."""

from __future__ import annotations

import re
from collections.abc import Callable
from uuid import uuid4

from trustcenter.portal.client import Client

LENA, SAMIR, RUTH = "lena@quay.example", "samir@quay.example", "ruth@quay.example"
PASSWORD = "marble kestrel 47 lantern"
FORM_TOKEN = re.compile(r'name="csrf_token" value="([0-9a-f]{64})"')
_LINK = re.compile(r"https://[^\s]+\?token=([A-Za-z0-9_-]{64})")


def fresh() -> str:
    """A password that the policy takes."""
    return f"walnut {uuid4().hex} gravel"


def step_up(client: Client, password: str) -> int:
    return client.send("POST", "/api/step-up", {"password": password}).status


def token_of(message) -> str:
    found = _LINK.search(message.get_content())
    assert found, "the mail has no link"
    return found[1]


def follow(client: Client, path: str, token: str, password: str | None = None):
    """Opens a link and sends its form."""
    page = client.get(f"{path}?token={token}")
    if page.status != 200:
        return page
    fields = {"csrf_token": FORM_TOKEN.search(page.text)[1], "token": token}
    return client.post(path, fields if password is None else {**fields, "password": password})


def until_refused(guess: Callable[[], int]) -> list[int]:
    """Statuses up to the first 429: on a slow machine the first waits may have passed before the next guess."""
    statuses = []
    while 429 not in statuses and len(statuses) < 15:
        statuses.append(guess())
    assert statuses[-1] == 429
    return statuses


def ask_reset(client: Client, address: str):
    form = FORM_TOKEN.search(client.get("/reset").text)[1]
    return client.post("/reset", {"csrf_token": form, "email": address})


def signed_in(portal, address: str, password: str) -> Client:
    client = portal.client(agent="test/2")
    assert client.sign_in(address, password).status == 303
    return client
