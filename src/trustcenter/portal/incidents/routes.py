"""Routes by which the staff tell of incidents. Their callers are the matrix's."""

from __future__ import annotations

from trustcenter.portal.incidents import pages
from trustcenter.runtime.routes import STAFF, Route

_STAFF = frozenset({STAFF})
_ONE = "/incidents/{incident_id:uuid}"

ROUTES = (
    Route("GET", "/incidents", _STAFF, "list_incidents", pages.show_list),
    Route("POST", "/incidents", _STAFF, "post_incident", pages.post),
    Route("GET", "/incidents/new", _STAFF, "show_incident_form", pages.show_form),
    Route("GET", _ONE, _STAFF, "show_incident", pages.show),
    Route("POST", f"{_ONE}/news", _STAFF, "add_news", pages.add_news),
    Route("POST", f"{_ONE}/take-back", _STAFF, "take_back", pages.take_back),
    Route("POST", "/api/incidents", _STAFF, "api_post_incident", pages.api_post),
    Route("POST", f"/api{_ONE}/news", _STAFF, "api_add_news", pages.api_add_news),
    Route("DELETE", f"/api{_ONE}", _STAFF, "api_take_back", pages.api_take_back),
)
