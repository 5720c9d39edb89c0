"""Routes of questionnaires, and who may call them."""

from __future__ import annotations

from trustcenter.portal.questionnaires import pages
from trustcenter.portal.questionnaires.work import LARGEST
from trustcenter.runtime.routes import MANAGERS, SIGNED_IN, STAFF, Route

ONLY_STAFF = frozenset({STAFF})
REMOVERS = MANAGERS | ONLY_STAFF
FORM = LARGEST + 10_000
"""The file and the form around it, in bytes."""

_ONE = "/questionnaires/{questionnaire_id:uuid}"

ROUTES = (
    Route("GET", "/questionnaires", SIGNED_IN, "list_questionnaires", pages.show_list),
    Route("POST", "/questionnaires", SIGNED_IN, "upload_questionnaire", pages.upload, largest=FORM),
    Route("GET", "/questionnaires/paste", ONLY_STAFF, "show_paste", pages.show_paste),
    Route("POST", "/questionnaires/paste", ONLY_STAFF, "paste_questions", pages.paste),
    Route("GET", _ONE, SIGNED_IN, "show_questionnaire", pages.show),
    Route("GET", f"{_ONE}/copy", SIGNED_IN, "download_answers", pages.download),
    Route("POST", f"{_ONE}/answers", ONLY_STAFF, "confirm_answer", pages.confirm),
    Route("POST", f"{_ONE}/assign", ONLY_STAFF, "assign_questionnaire", pages.assign),
    Route("POST", f"{_ONE}/again", ONLY_STAFF, "answer_again", pages.make_again),
    Route("POST", f"{_ONE}/release", ONLY_STAFF, "release_answers", pages.release),
    Route("POST", f"{_ONE}/remove", REMOVERS, "remove_questionnaire", pages.remove),
    Route("GET", "/api/questionnaires", SIGNED_IN, "api_list_questionnaires", pages.api_list),
    Route("POST", "/api/questionnaires", SIGNED_IN, "api_upload_questionnaire", pages.api_upload, largest=FORM),
    Route("GET", f"/api{_ONE}", SIGNED_IN, "api_show_questionnaire", pages.api_show),
    Route("DELETE", f"/api{_ONE}", REMOVERS, "api_remove_questionnaire", pages.api_remove),
)
