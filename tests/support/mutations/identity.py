"""Mutants of signing in: an application whose code was patched from outside, or whose rows a trigger meddles with."""

from __future__ import annotations

from mutations.application import serving, trigger
from mutations.identity_proofs import (
    guessing_is_free,
    guessing_unsaid,
    holder_locked_out,
    identifier_outlives_role_change,
    identifier_outlives_support,
    in_log,
    known_device_said,
    link_opens_twice,
    link_outlives_its_time,
    new_device_unsaid,
    old_identifier_lives,
    other_outlives_password,
    posture,
    revoked_goes_on,
    session_outlives_reset,
    strict_limit_ignored,
    takes,
)
from mutations.mutant import mutant
from mutations.patched import patched

POLICY = "import trustcenter.runtime.password_policy as policy"
ANYTHING = (
    "import trustcenter.runtime.common_passwords as common; common.CommonPasswords.__contains__ = lambda *_: False"
)
NO_ENDING = (
    "import trustcenter.portal.signing.new_password as new, trustcenter.portal.store as store",
    "whole = new.stored",
    "async def stored(connection, call, organisation_id, account_id, email, hashed_form, *, kept_session):",
    "    if (kept_session is None) is {reset}:",
    "        return await store.set_password_hash(connection, account_id, hashed_form)",
    "    await whole(connection, call, organisation_id, account_id, email, hashed_form, kept_session=kept_session)",
    "new.stored = stored",
)
NO_END = (
    "import trustcenter.runtime.mailed_links as policy, trustcenter.portal.signing.links as links",
    "whole = policy.decide",
    "policy.decide = lambda state, event, now: whole(state, event, state.requested_at)",
    "async def used(connection, call, link):",
    "    at = 'update portal.mailed_links set used_at = now() where id = %s and used_at is null'",
    "    return (await connection.execute(at, (link.id,))).rowcount == 1",
    "links.used = used",
)
PROBE = "password_policy_probe"

MUTANTS = (
    mutant(
        "eight-characters", "eight characters are enough for a new password",
        "access.password-policy/short", PROBE, patched(POLICY, "policy.MINIMUM_LENGTH = 8"),
        takes(lambda: "kW7vQm2ZxRt"),
    ),
    mutant(
        "thirteen-characters", "twelve characters are not enough, whatever the page says",
        "access.password-policy/enough", PROBE, patched(POLICY, "policy.MINIMUM_LENGTH = 13"),
        takes(lambda: "kW7vQm2ZxRtB", wanted=False),
    ),
    mutant(
        "common-passwords-taken", "what anybody tries first is taken",
        "access.password-policy/common access.password-policy/context", PROBE,
        patched(POLICY, ANYTHING, "policy.effective_length = lambda folded, words: len(folded)"),
        takes(lambda: "password1234"),
    ),
    mutant(
        "own-name-taken", "a person's own name and organisation are taken",
        "access.password-policy/context", PROBE,
        patched("import trustcenter.portal.signing.new_password as new", "new.context_words = lambda *_: frozenset()"),
        takes(lambda: "Canaryccanaryc-2026"),
    ),
    mutant(
        "passwords-logged", "the application logs each password that it hashes",
        "access.password-plaintext/searched", "plaintext_search",
        patched(
            "import sys, trustcenter.runtime.passwords as passwords", "real = passwords.hash_password",
            "def hash_password(word, *more):", "    print('hashing', word, file=sys.stderr, flush=True)",
            "    return real(word, *more)", "passwords.hash_password = hash_password",
        ),
        in_log,
    ),
    mutant(
        "revoking-ends-nothing", "ending a session elsewhere leaves it open",
        "access.session-revocation/revoked", "session_lifecycle_probe",
        patched(
            "import trustcenter.portal.signing.own_sessions as own",
            "async def end_session(call): return call.done('/sessions')", "own.end_session = end_session",
        ),
        revoked_goes_on,
    ),
    mutant(
        "password-ends-nothing", "a change of the password leaves other sessions open",
        "access.session-revocation/password", "session_lifecycle_probe",
        patched(*(line.format(reset=False) for line in NO_ENDING)), other_outlives_password,
    ),
    mutant(
        "identifier-kept-after-step-up", "what is dangerous leaves the session's identifier as it was",
        "access.session-rotation/privileged", "session_lifecycle_probe",
        patched(
            "import trustcenter.portal.rotation as rotation", "async def keep(*_): return None",
            "rotation.give_new_identifier = keep",
        ),
        old_identifier_lives,
    ),
    mutant(
        "role-change-keeps-identifier", "one privileged action of many leaves the session's identifier as it was",
        "access.session-rotation/privileged", "session_lifecycle_probe",
        patched(
            "import trustcenter.runtime.routes as routes", "rotates = routes.Route.rotates.fget",
            "routes.Route.rotates = property(lambda self: rotates(self) and self.name != 'api_change_role')",
        ),
        identifier_outlives_role_change,
    ),
    mutant(
        "support-keeps-identifier", "beginning support access leaves the session's identifier as it was",
        "access.session-rotation/privileged", "session_lifecycle_probe",
        patched(
            "import trustcenter.runtime.routes as routes", "rotates = routes.Route.rotates.fget",
            "routes.Route.rotates = property(lambda self: rotates(self) and self.name != 'api_begin_support')",
        ),
        identifier_outlives_support,
    ),
    mutant(
        "idle-limit-ignored", "an unused session never ends by the limit of its organisation",
        "access.session-limits/ended", "session_lifecycle_probe",
        patched(
            "import trustcenter.runtime.sessions as sessions",
            "sessions.SessionPolicy.tightened = lambda self, idle, absolute: self",
        ),
        strict_limit_ignored,
    ),
    mutant(
        "unusual-sign-ins-unsaid", "no message about an unusual sign-in leaves",
        "access.sign-in-alerts/told access.sign-in-alerts/quiet", "sign_in_alert_probe",
        serving(trigger("outbox", "insert", "new.kind = 'unusual_sign_in'", "return null;")),
        new_device_unsaid,
    ),
    mutant(
        "every-sign-in-unusual", "each sign-in counts as one with a new device",
        "access.sign-in-alerts/quiet", "sign_in_alert_probe",
        patched("import trustcenter.portal.signing.arrival as arrival", "arrival.device_of = lambda *_: None"),
        known_device_said,
    ),
    mutant(
        "reset-link-again", "a reset link is not used up",
        "access.password-reset/refused", "password_reset_probe",
        serving(trigger("mailed_links", "update", "true",
                        "new.used_at := null; new.superseded_at := null; return new;")),
        link_opens_twice,
    ),
    mutant(
        "expired-link-opens", "a reset link opens after its time", "access.password-reset/refused",
        "password_reset_probe", patched(*NO_END), link_outlives_its_time,
    ),
    mutant(
        "reset-ends-nothing", "a reset leaves sessions open",
        "access.password-reset/works", "password_reset_probe",
        patched(*(line.format(reset=True) for line in NO_ENDING)), session_outlives_reset,
    ),
    mutant(
        "reset-links-of-a-day", "reset links were issued for a day",
        "access.password-reset/lifetime", "query",
        lambda world, stack: stack.enter_context(
            world.database(
                "insert into portal.mailed_links (organisation_id, account_id, purpose, requested_at, expires_at) "
                "select organisation_id, id, 'reset', now(), now() + interval '1 day' from portal.accounts limit 1"
            )
        ),
        lambda scene: bool(
            scene.value("select coalesce(max(expires_at - requested_at) > interval '1 hour', false) "
                        "from portal.mailed_links where purpose = 'reset'")
        ),
    ),
    mutant(
        "reset-limit-of-a-day", "new reset links live for a day",
        "access.password-reset/limit", "trust_posture",
        patched(
            "import datetime, trustcenter.runtime.mailed_links as links",
            "links.LIFETIMES[links.Purpose.RESET] = datetime.timedelta(days=1)",
        ),
        lambda scene: posture(scene)["mailed_links"]["reset_seconds"] > 3600,
    ),
    mutant(
        "guessing-free", "nobody is ever told to wait",
        "access.sign-in-throttling/slowed access.sign-in-throttling/told", "sign_in_throttle_probe",
        patched(
            "import trustcenter.runtime.throttle as throttle",
            "allow = (throttle.Decision.ALLOW, throttle.Facts(0))",
            "throttle.ThrottlePolicy.decide = lambda self, state, event, now: (state, *allow)",
        ),
        guessing_is_free,
    ),
    mutant(
        "holder-locked-out", "strangers who guess keep the holder out",
        "access.sign-in-throttling/holder", "sign_in_throttle_probe",
        patched("import trustcenter.portal.signing.guessing as guessing", "guessing.device_of = lambda *_: None"),
        holder_locked_out,
    ),
    mutant(
        "guessing-unsaid", "no message about guesses leaves",
        "access.sign-in-throttling/told", "sign_in_throttle_probe",
        serving(trigger("outbox", "insert", "new.kind = 'guessing'", "return null;")), guessing_unsaid,
    ),
    mutant(
        "guesses-unbounded", "a day allows a million guesses",
        "access.sign-in-throttling/day", "trust_posture",
        patched(
            "import trustcenter.runtime.throttle as throttle", "made = throttle.ThrottlePolicy.__init__",
            "made.__defaults__ = (*made.__defaults__[:-1], 10**6)",
        ),
        lambda scene: posture(scene)["guesses"]["most_in_24_hours"] > 1000,
    ),
)  # fmt: skip
