"""Routes of signing in and out, of passwords, addresses, invitations, and of a person's sessions."""

from __future__ import annotations

from trustcenter.portal.signing import address, invitations, own_sessions, password_change, reset, sign_in, step_up
from trustcenter.runtime.routes import ANY_STAGE, EVERYBODY, MANAGERS, SIGNED_IN, Route

ROUTES = (
    Route("GET", "/sign-in", EVERYBODY, "show_sign_in", sign_in.show_sign_in),
    Route("POST", "/sign-in", EVERYBODY, "sign_in", sign_in.sign_in),
    Route("POST", "/sign-out", SIGNED_IN, "sign_out", sign_in.sign_out, ANY_STAGE),
    Route("GET", "/step-up", SIGNED_IN, "show_step_up", step_up.show_step_up),
    Route("POST", "/step-up", SIGNED_IN, "step_up", step_up.step_up, privileged=True),
    Route("POST", "/api/step-up", SIGNED_IN, "api_step_up", step_up.api_step_up, privileged=True),
    Route("GET", "/account", SIGNED_IN, "show_account", own_sessions.show_account),
    Route("GET", "/account/password", SIGNED_IN, "show_password", password_change.show_password_form, step_up=True),
    Route("POST", "/account/password", SIGNED_IN, "change_password", password_change.change_password, step_up=True),
    Route("POST", "/api/password", SIGNED_IN, "api_change_password", password_change.change_password, step_up=True),
    Route("GET", "/account/address", SIGNED_IN, "show_address", address.show_address_form, step_up=True),
    Route("POST", "/account/address", SIGNED_IN, "ask_address", address.ask, step_up=True),
    Route("POST", "/api/address", SIGNED_IN, "api_ask_address", address.ask, step_up=True),
    Route("GET", "/address/confirm", EVERYBODY, "show_address_confirmation", address.show_confirmation),
    Route("POST", "/address/confirm", EVERYBODY, "confirm_address", address.confirm),
    Route("POST", "/api/address/confirm", EVERYBODY, "api_confirm_address", address.confirm),
    Route("GET", "/reset", EVERYBODY, "show_reset", reset.show_request),
    Route("POST", "/reset", EVERYBODY, "request_reset", reset.request),
    Route("POST", "/api/reset", EVERYBODY, "api_request_reset", reset.request),
    Route("GET", "/reset/new", EVERYBODY, "show_new_password", reset.show_new_password),
    Route("POST", "/reset/new", EVERYBODY, "set_new_password", reset.set_new_password),
    Route("POST", "/api/reset/new", EVERYBODY, "api_set_new_password", reset.set_new_password),
    Route("GET", "/join", EVERYBODY, "show_join", reset.show_join),
    Route("POST", "/join", EVERYBODY, "join", reset.join),
    Route("POST", "/api/join", EVERYBODY, "api_join", reset.join),
    Route("GET", "/people/invite", MANAGERS, "show_invite", invitations.show_invite, step_up=True),
    Route("POST", "/people/invite", MANAGERS, "invite", invitations.invite, step_up=True),
    Route("POST", "/api/invitations", MANAGERS, "api_invite", invitations.invite, step_up=True),
    Route("POST", "/people/{account_id:uuid}/withdraw", MANAGERS, "withdraw_invitation", invitations.withdraw),
    Route("DELETE", "/api/invitations/{account_id:uuid}", MANAGERS, "api_withdraw_invitation", invitations.withdraw),
    Route("GET", "/sessions", SIGNED_IN, "list_sessions", own_sessions.list_sessions),
    Route("POST", "/sessions/end-others", SIGNED_IN, "end_other_sessions", own_sessions.end_other_sessions),
    Route("POST", "/sessions/{session_id:uuid}/end", SIGNED_IN, "end_session", own_sessions.end_session),
    Route("GET", "/api/sessions", SIGNED_IN, "api_list_sessions", own_sessions.list_sessions),
    Route("DELETE", "/api/sessions", SIGNED_IN, "api_end_other_sessions", own_sessions.end_other_sessions),
    Route("DELETE", "/api/sessions/{session_id:uuid}", SIGNED_IN, "api_end_session", own_sessions.end_session),
    Route("GET", "/session-limits", MANAGERS, "show_session_limits", own_sessions.show_limits),
    Route("POST", "/session-limits", MANAGERS, "set_session_limits", own_sessions.set_limits, step_up=True),
    Route("GET", "/api/session-limits", MANAGERS, "api_show_session_limits", own_sessions.show_limits),
    Route("PUT", "/api/session-limits", MANAGERS, "api_set_session_limits", own_sessions.set_limits, step_up=True),
)
