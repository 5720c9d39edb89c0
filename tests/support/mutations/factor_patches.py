"""Code that, run first in the portal's process, breaks one thing about second factors or passkeys."""

from __future__ import annotations

EQUIPPED = """
from dataclasses import replace
from trustcenter.portal.factors import equipment
from trustcenter.runtime.passkeys import RelyingParty
from trustcenter.runtime.totp import TotpPolicy
class Everything(frozenset):
    def __contains__(self, item):
        return True
whole = equipment.Equipment.of.__func__
equipment.Equipment.of = classmethod(lambda cls, settings: replace(whole(cls, settings), {changes}))
"""
REPLAYED = """
from trustcenter.runtime import totp
whole = totp.TotpPolicy.decide
totp.TotpPolicy.decide = lambda self, state, event, now: whole(self, totp.TotpState(), event, now)
"""
UNENFORCED = """
from trustcenter.runtime import routes
from trustcenter.runtime.sessions import Stage
from dataclasses import replace
whole = routes.Route.refusal
def lax(route, standing):
    if standing is not None and standing.stage is Stage.ENROLMENT and Stage.ENROLMENT not in route.stages:
        standing = replace(standing, stage=Stage.FULL)
    return whole(route, standing)
routes.Route.refusal = lax
"""
UNROTATED = """
from trustcenter.portal import rotation
async def nothing(*_):
    pass
rotation.give_new_identifier = nothing
"""
FRAMED = """
from trustcenter.runtime import passkeys
passkeys._at_home = lambda client_data: None
"""
ANSWERED_AGAIN = """
from trustcenter.runtime import challenges
challenges.decide = lambda state, event, now: (state, challenges.Decision.ACCEPTED, challenges.Facts(0))
"""
