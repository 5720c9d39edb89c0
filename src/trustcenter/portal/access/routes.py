"""Routes of roles, tokens and support access. Their callers are the matrix's."""

from __future__ import annotations

from trustcenter.portal.access import roles, support_pages, tokens
from trustcenter.runtime.routes import MANAGERS, OWNER, SIGNED_IN, STAFF, SUPPORT, Route

_OWNER, _STAFF, _ACTING = frozenset({OWNER}), frozenset({STAFF}), frozenset({SUPPORT})

ROUTES = (
    Route("GET", "/settings/roles", SIGNED_IN, "show_roles", roles.show_roles),
    Route("POST", "/people/{account_id:uuid}/role", _OWNER, "change_role", roles.change_role, step_up=True),
    Route("POST", "/api/people/{account_id:uuid}/role", _OWNER, "api_change_role", roles.change_role, step_up=True),
    Route("GET", "/settings/tokens", MANAGERS, "list_tokens", tokens.list_tokens),
    Route("POST", "/settings/tokens", MANAGERS, "create_token", tokens.create_token, step_up=True),
    Route("POST", "/settings/tokens/{token_id:uuid}/revoke", MANAGERS, "revoke_token", tokens.revoke),
    Route("GET", "/api/tokens", MANAGERS, "api_list_tokens", tokens.api_list),
    Route("POST", "/api/tokens", MANAGERS, "api_create_token", tokens.api_create, step_up=True),
    Route("DELETE", "/api/tokens/{token_id:uuid}", MANAGERS, "api_revoke_token", tokens.revoke),
    Route("GET", "/support", _STAFF, "show_support_form", support_pages.show_form, step_up=True),
    Route("POST", "/support", _STAFF, "begin_support", support_pages.begin, step_up=True),
    Route("POST", "/api/support", _STAFF, "api_begin_support", support_pages.api_begin, step_up=True),
    Route("POST", "/support/stop", _ACTING, "stop_support", support_pages.stop),
    Route("POST", "/api/support/stop", _ACTING, "api_stop_support", support_pages.stop),
    Route("GET", "/settings/support", MANAGERS, "list_support", support_pages.list_support),
    Route("POST", "/settings/support/{support_id:uuid}/end", MANAGERS, "end_support", support_pages.end),
    Route("GET", "/api/support", MANAGERS, "api_list_support", support_pages.api_list),
    Route("DELETE", "/api/support/{support_id:uuid}", MANAGERS, "api_end_support", support_pages.end),
)
