"""`/.well-known/security.txt` (RFC 9116): whom to tell of a weakness, and until when this file counts."""

from __future__ import annotations

import re
from datetime import UTC, datetime, time, timedelta

from trustcenter.errors import ConfigurationError
from trustcenter.model.amount import counted
from trustcenter.publish.inert import clean
from trustcenter.publish.pages import iso
from trustcenter.publish.values import View

PATH = ".well-known/security.txt"
NEAREST = timedelta(days=14)
"""Nothing is published whose security.txt expires sooner than this."""
FARTHEST = timedelta(days=366)
"""RFC 9116 2.5.5 recommends less than a year."""
AFTER_ASSESSMENT = timedelta(days=180)
"""Expiry of an instance that sets none, counted from the assessment, so that a page left alone stops building."""

_WHERE = "trustcenter.toml [organisation.security_txt]"


def security_txt(view: View) -> dict[str, bytes]:
    """The file, or nothing where no `security` contact is declared (RFC 9116 2.5.3 demands one).

    Raises ConfigurationError when it expires in less than `NEAREST`, in more than `FARTHEST`, or when the contact is
    no address.
    """
    contact = dict(view.contacts).get("security")
    if contact is None:
        return {}
    said = view.security_txt
    lines = [f"Contact: {_uri(contact)}", f"Expires: {iso(expires(view))}"]
    if view.base.startswith("https://"):
        lines.append(f"Canonical: {view.base}/{PATH}")
    lines += [f"Policy: {said.policy}"] if said.policy else []
    lines += [f"Acknowledgments: {said.acknowledgments}"] if said.acknowledgments else []
    lines += [f"Preferred-Languages: {', '.join(said.languages)}"] if said.languages else []
    return {PATH: ("".join(f"{clean(line)}\n" for line in lines)).encode()}


def expires(view: View) -> datetime:
    """When the file expires, checked. Raises ConfigurationError."""
    own = view.security_txt.expires
    at = datetime.combine(own, time(), UTC) if own is not None else view.as_of + AFTER_ASSESSMENT
    if at - view.now < NEAREST:
        state = "has expired" if at <= view.now else f"expires in {counted((at - view.now).days, 'day')}"
        remedy = "check the contact and set a later `expires`" if own else "run `trustcenter check`, then publish"
        raise ConfigurationError(
            f"security.txt {state} (on {at:%Y-%m-%d}); it must count for {NEAREST.days} days at least",
            where=_WHERE,
            hint=remedy,
        )
    if at - view.now > FARTHEST:
        raise ConfigurationError(
            f"security.txt expires on {at:%Y-%m-%d}, more than a year ahead",
            where=_WHERE,
            hint="set `expires` to a day within a year (RFC 9116 2.5.5)",
        )
    return at


def _uri(contact: str) -> str:
    plain = clean(contact, 300).strip()
    if re.fullmatch(r"[^\s@:/]+@[^\s@:/]+", plain):
        return f"mailto:{plain}"
    if re.fullmatch(r"\+[0-9 ()-]+", plain):
        return "tel:" + re.sub(r"[^+0-9]", "", plain)
    if re.fullmatch(r"https://[^\s\"'<>]+", plain):
        return plain
    raise ConfigurationError(
        f"the contact `{plain}` is neither an e-mail address, a telephone number nor an https address",
        where="trustcenter.toml [organisation.contacts] security",
        hint="RFC 9116 2.5.3 wants one of them",
    )
