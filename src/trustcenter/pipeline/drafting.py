"""Asks a language model to rephrase an answer, where somebody switched that on; what comes back is held to the claims.

Any endpoint that speaks OpenAI's chat completions will do. It is given the question, the answer and the published
sentences, and nothing else. The key comes from the environment alone and is never written or shown.
"""

from __future__ import annotations

import json
import urllib.error
import urllib.request
from collections.abc import Mapping
from dataclasses import dataclass, field
from http.client import HTTPException, HTTPMessage
from typing import IO
from urllib.parse import urlsplit

from trustcenter.errors import ConfigurationError
from trustcenter.publish.questionnaire.draft import UNASKED, Draft, consider, instructions
from trustcenter.publish.questionnaire.model import Decision

URL, MODEL, KEY = "TRUSTCENTER_DRAFT_URL", "TRUSTCENTER_DRAFT_MODEL", "TRUSTCENTER_DRAFT_KEY"
SECONDS = 30.0
LARGEST_REPLY = 262_144
_LOOPBACK = ("localhost", "127.0.0.1", "::1")


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    """A redirect would carry the key to another host."""

    def redirect_request(
        self, req: urllib.request.Request, fp: IO[bytes], code: int, msg: str, headers: HTTPMessage, newurl: str
    ) -> None:
        return None


@dataclass(frozen=True)
class Drafter:
    """One endpoint and model."""

    url: str
    model: str
    key: str = field(default="", repr=False)
    seconds: float = SECONDS

    def rephrase(self, question: str, decision: Decision) -> Draft:
        """The model's wording where it adds nothing; otherwise, and where it cannot be reached, the text as it was."""
        if decision.outcome != "answered":
            return Draft(decision.text, False, "there is no answer to rephrase")
        rule, content = instructions(question, decision)
        body = {
            "model": self.model,
            "temperature": 0,
            "messages": [{"role": "system", "content": rule}, {"role": "user", "content": content}],
        }
        try:
            reply = self._post(json.dumps(body).encode())
            text = json.loads(reply)["choices"][0]["message"]["content"]
        except (OSError, HTTPException, urllib.error.URLError) as error:
            return Draft(decision.text, False, f"{UNASKED} ({type(error).__name__})")
        except (ValueError, KeyError, IndexError, TypeError):
            return Draft(decision.text, False, "the model's reply is not a chat completion")
        if not isinstance(text, str):
            return Draft(decision.text, False, "the model's reply holds no text")
        return consider(question, decision, text)

    def _post(self, body: bytes) -> bytes:
        headers = {"content-type": "application/json", "accept": "application/json"}
        if self.key:
            headers["authorization"] = f"Bearer {self.key}"
        address = f"{self.url.rstrip('/')}/chat/completions"
        request = urllib.request.Request(address, body, headers, method="POST")  # noqa: S310 - the scheme is checked
        with urllib.request.build_opener(_NoRedirect).open(request, timeout=self.seconds) as response:
            reply: bytes = response.read(LARGEST_REPLY + 1)
        if len(reply) > LARGEST_REPLY:
            raise ValueError("the reply is too long")
        return reply


def from_environment(environ: Mapping[str, str]) -> Drafter:
    """The endpoint that the environment names. Raises ConfigurationError where it names none, or one without TLS."""
    missing = [name for name in (URL, MODEL) if not environ.get(name)]
    if missing:
        raise ConfigurationError(
            f"a draft was asked for, and {' and '.join(missing)} is not set",
            hint=f"set {URL} to an endpoint with /chat/completions below it, {MODEL}, and {KEY} where it needs one",
        )
    parts = urlsplit(environ[URL])
    if parts.scheme != "https" and not (parts.scheme == "http" and parts.hostname in _LOOPBACK):
        raise ConfigurationError("the endpoint must be reached over https", where=URL, hint="https://HOST/v1")
    if parts.username or parts.password or parts.query:
        raise ConfigurationError("the endpoint's address holds more than a path", where=URL, hint=f"the key is {KEY}")
    return Drafter(environ[URL], environ[MODEL], environ.get(KEY, ""))
