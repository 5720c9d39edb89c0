"""Routes of second factors and passkeys. Whatever changes a session's rights gives it a new identifier."""

from __future__ import annotations

from trustcenter.portal.factors import enrolment, passwordless, second_step, security, step_up
from trustcenter.runtime.routes import EVERYBODY, FULL_ONLY, OWNER, SIGNED_IN, Route
from trustcenter.runtime.sessions import Stage

ONLY_OWNERS = frozenset({OWNER})
AWAITED = frozenset({Stage.SECOND_FACTOR})
ENROLLING = FULL_ONLY | {Stage.ENROLMENT}
"""Registering needs a fresh proof; whoever must enrol has just given one at the sign-in."""


def _first_step(path: str, name: str, handler: object) -> Route:
    return Route("POST", path, EVERYBODY, name, handler)


def _second_step(method: str, path: str, name: str, handler: object, *, opens: bool = False) -> Route:
    """Reached between the password and the second factor; `opens` for those that complete the sign-in."""
    return Route(method, path, SIGNED_IN, name, handler, AWAITED, privileged=opens)


def _registering(method: str, path: str, name: str, handler: object) -> Route:
    return Route(method, path, SIGNED_IN, name, handler, ENROLLING, step_up=True)


def _guarded(method: str, path: str, name: str, handler: object, callers: frozenset[str] = SIGNED_IN) -> Route:
    return Route(method, path, callers, name, handler, step_up=True)


ROUTES = (
    _first_step("/api/sign-in/passkey/options", "sign_in_options", passwordless.options),
    _first_step("/api/sign-in/passkey", "sign_in_with_passkey", passwordless.sign_in),
    _second_step("GET", "/second-factor", "show_second_factor", second_step.show),
    _second_step("POST", "/second-factor", "second_factor", second_step.check, opens=True),
    _second_step("POST", "/api/second-factor", "api_second_factor", second_step.api_check, opens=True),
    _second_step("POST", "/api/second-factor/passkey/options", "second_options", second_step.passkey_options),
    _second_step("POST", "/api/second-factor/passkey", "second_passkey", second_step.passkey_check, opens=True),
    Route("GET", "/second-factor/enrol", SIGNED_IN, "show_enrolment", enrolment.show, ENROLLING),
    _registering("GET", "/second-factor/app", "show_app", enrolment.show_app),
    _registering("POST", "/second-factor/app", "begin_app", enrolment.begin_app),
    _registering("POST", "/second-factor/app/confirm", "confirm_app", enrolment.confirm_app),
    _registering("POST", "/api/second-factor/app", "api_begin_app", enrolment.api_begin_app),
    _registering("POST", "/api/second-factor/app/confirm", "api_confirm_app", enrolment.api_confirm_app),
    _registering("POST", "/api/passkeys/options", "passkey_options", enrolment.passkey_options),
    _registering("POST", "/api/passkeys", "add_passkey", enrolment.add_passkey),
    Route("GET", "/security", SIGNED_IN, "show_security", security.show),
    Route("GET", "/api/passkeys", SIGNED_IN, "api_list_passkeys", security.api_passkeys),
    Route("POST", "/passkeys/{passkey_id:uuid}/rename", SIGNED_IN, "rename_passkey", security.rename_passkey),
    _guarded("POST", "/passkeys/{passkey_id:uuid}/revoke", "revoke_passkey", security.revoke_passkey),
    _guarded("DELETE", "/api/passkeys/{passkey_id:uuid}", "api_revoke_passkey", security.revoke_passkey),
    _guarded("POST", "/security/app/remove", "remove_app", security.remove_app),
    _guarded("DELETE", "/api/second-factor/app", "api_remove_app", security.remove_app),
    _guarded("POST", "/security/recovery-codes", "renew_codes", security.new_recovery_codes),
    Route("POST", "/api/step-up/passkey/options", SIGNED_IN, "step_up_options", step_up.passkey_options),
    Route("POST", "/api/step-up/passkey", SIGNED_IN, "step_up_passkey", step_up.passkey_check, privileged=True),
    _guarded("POST", "/people/{account_id:uuid}/factors/reset", "reset_factors", security.reset_factors, ONLY_OWNERS),
    _guarded(
        "POST", "/api/people/{account_id:uuid}/factors/reset", "api_reset_factors", security.reset_factors,
        ONLY_OWNERS,
    ),
)  # fmt: skip
