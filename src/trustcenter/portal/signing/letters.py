"""The words of mails about signing in. Plain text, no link but the one that is asked for."""

from __future__ import annotations

from datetime import datetime

from trustcenter.portal.templates import device, moment
from trustcenter.runtime.anomaly import Reason
from trustcenter.runtime.mail import Message
from trustcenter.runtime.places import Place

_END = "\n\nIf this was not you, set a new password at {origin}/reset and tell us.\n\nTrust desk\n{origin}\n"


def reset(to: str, origin: str, token: str, lasts: str) -> Message:
    """Carries the link; the token is in the query, which no log of ours holds."""
    return Message(
        to,
        "Set a new password",
        f"Somebody, probably you, asked for a new password.\n\nWithin {lasts}, and once:\n"
        f"{origin}/reset/new?token={token}\n\nA second factor is asked for afterwards as always. If you did not ask, "
        f"do nothing: your password stays as it is.\n\nTrust desk\n{origin}\n",
    )


def invitation(to: str, origin: str, token: str, inviter: str, organisation: str) -> Message:
    return Message(
        to,
        f"{organisation} invites you to its trust desk",
        f"{inviter} invites you to read what is shared with {organisation}.\n\nWithin three days, and once, set a "
        f"password of your own:\n{origin}/join?token={token}\n\nTrust desk\n{origin}\n",
    )


def confirm_address(to: str, origin: str, token: str) -> Message:
    return Message(
        to,
        "Confirm your new e-mail address",
        f"Within 15 minutes, and once, confirm that you want to sign in with this address:\n"
        f"{origin}/address/confirm?token={token}\n\nIf you did not ask, do nothing.\n\nTrust desk\n{origin}\n",
    )


def address_asked(to: str, origin: str) -> Message:
    return Message(
        to,
        "A change of your e-mail address was asked for",
        "Somebody who was signed in as you asked to use another e-mail address. It changes when a link that was sent "
        "there is opened." + _END.format(origin=origin),
    )


def address_changed(to: str, origin: str) -> Message:
    return Message(
        to,
        "Your e-mail address was changed",
        "From now on another e-mail address signs in to your account, and this one no longer does."
        + _END.format(origin=origin),
    )


def password_changed(to: str, origin: str, now: datetime, tokens: str = "") -> Message:
    return Message(
        to,
        "Your password was changed",
        f"Your password was changed on {moment(now)}. Your other sessions have ended.{tokens}"
        + _END.format(origin=origin),
    )


def guessing(to: str, origin: str, now: datetime) -> Message:
    return Message(
        to,
        "Somebody tries to guess your password",
        f"Since {moment(now)} there were several failed attempts to sign in to your account. Further ones are slowed "
        "down. On a device with which you signed in before, you can go on as usual." + _END.format(origin=origin),
    )


_UNUSUAL = {
    Reason.NEW_DEVICE: "a device that has not been used for your account before",
    Reason.NEW_COUNTRY: "a country from which you had not signed in before",
    Reason.IMPOSSIBLE_TRAVEL: "a place that cannot be reached so soon from where you signed in last",
}


def unusual(
    to: str, origin: str, now: datetime, reasons: tuple[Reason, ...], agent: str, place: Place | None
) -> Message:
    where = f" in {place.country}" if place else ""
    return Message(
        to,
        "An unusual sign-in to your account",
        f"On {moment(now)} somebody signed in to your account with {device(agent)}{where}. It came from "
        f"{' and from '.join(_UNUSUAL[reason] for reason in reasons)}." + _END.format(origin=origin),
    )
