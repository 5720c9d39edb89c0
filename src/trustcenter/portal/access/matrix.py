"""The portal's matrix of roles: what can be done, by whom, by which routes. One declaration, used by all."""

from __future__ import annotations

from trustcenter.runtime.matrix import Action, Matrix
from trustcenter.runtime.routes import ADMIN, EVERYBODY, MANAGERS, OWNER, SIGNED_IN, STAFF, SUPPORT

_ACTING = frozenset({SUPPORT})
ALL = EVERYBODY | _ACTING
PEOPLE = SIGNED_IN
READERS = SIGNED_IN | _ACTING
WRITERS = MANAGERS | {STAFF}
RECORD_READERS = frozenset({OWNER, ADMIN, STAFF})
ONLY_OWNER = frozenset({OWNER})
ONLY_STAFF = frozenset({STAFF})

MATRIX = Matrix(
    [
        Action("public.read", "Read what is public", ALL,
               ("start", "health", "trust_posture", "audit_heads", "security_txt", "asset", "show_status",
                "status_feed")),
        Action("session.begin", "Sign in", ALL, ("show_sign_in", "sign_in")),
        Action("session.end", "Sign out", PEOPLE, ("sign_out",)),
        Action("session.confirm", "Prove again who one is", PEOPLE, ("show_step_up", "step_up", "api_step_up")),
        Action("session.manage", "See and end one's own sessions", PEOPLE,
               ("list_sessions", "end_session", "end_other_sessions", "api_list_sessions", "api_end_session",
                "api_end_other_sessions"), limit="one's own only", privileged=True),
        Action("self.manage", "Change one's own password and address", PEOPLE,
               ("show_account", "show_password", "change_password", "api_change_password", "show_address",
                "ask_address", "api_ask_address"), limit="one's own only, with a fresh proof of identity",
               privileged=True),
        Action("link.follow", "Ask for a mailed link and follow it", ALL,
               ("show_reset", "request_reset", "api_request_reset", "show_new_password", "set_new_password",
                "api_set_new_password", "show_join", "join", "api_join", "show_address_confirmation",
                "confirm_address", "api_confirm_address"), limit="once, while it is valid"),
        Action("person.invite", "Invite a person, withdraw an invitation", MANAGERS,
               ("show_invite", "invite", "api_invite", "withdraw_invitation", "api_withdraw_invitation"),
               limit="an owner only by an owner; with a fresh proof of identity", privileged=True),
        Action("limits.manage", "Make the limits of sessions stricter", MANAGERS,
               ("show_session_limits", "set_session_limits", "api_show_session_limits", "api_set_session_limits"),
               limit="never wider than the service's", privileged=True),
        Action("factor.answer", "Sign in with a passkey", ALL, ("sign_in_options", "sign_in_with_passkey")),
        Action("factor.use", "Give one's second factor", PEOPLE,
               ("show_second_factor", "second_factor", "api_second_factor", "second_options", "second_passkey",
                "step_up_options", "step_up_passkey"), limit="while it is awaited"),
        Action("factor.manage", "See and change one's own factors", PEOPLE,
               ("show_enrolment", "show_app", "begin_app", "confirm_app", "api_begin_app", "api_confirm_app",
                "passkey_options", "add_passkey", "show_security", "api_list_passkeys", "rename_passkey",
                "revoke_passkey", "api_revoke_passkey", "remove_app", "api_remove_app", "renew_codes"),
               limit="one's own only, with a fresh proof of identity", privileged=True),
        Action("factor.reset", "Reset another person's factors", ONLY_OWNER, ("reset_factors", "api_reset_factors"),
               privileged=True),
        Action("self.read", "See one's own account", READERS, ("api_me",)),
        Action("roles.read", "Read this table", READERS, ("show_roles",)),
        Action("document.read", "List and read documents", READERS,
               ("list_documents", "show_document", "api_list_documents", "api_read_document"), "documents:read"),
        Action("document.write", "Add, change and remove documents", WRITERS,
               ("show_document_form", "create_document", "api_create_document", "api_change_document",
                "api_remove_document"), "documents:write"),
        Action("questionnaire.send", "Upload questionnaires, follow them, fetch finished copies", PEOPLE,
               ("list_questionnaires", "upload_questionnaire", "show_questionnaire", "download_answers",
                "api_list_questionnaires", "api_upload_questionnaire", "api_show_questionnaire"),
               limit="customers: their own organisation's; staff: every customer's, in that customer's record"),
        Action("questionnaire.remove", "Remove a questionnaire", WRITERS,
               ("remove_questionnaire", "api_remove_questionnaire")),
        Action("questionnaire.review", "Confirm, assign and release answers; paste questions", ONLY_STAFF,
               ("show_paste", "paste_questions", "confirm_answer", "assign_questionnaire", "answer_again",
                "release_answers")),
        Action("person.read", "See the people of the organisation", READERS,
               ("list_people", "api_list_people", "api_read_person"), "people:read"),
        Action("person.disable", "Disable and enable a person's account", MANAGERS,
               ("disable_account", "enable_account", "api_disable_account", "api_enable_account"),
               limit="never one's own; an owner's only by an owner", privileged=True),
        Action("person.role", "Give a person another role", ONLY_OWNER, ("change_role", "api_change_role"),
               limit="never one's own; never the vendor's staff", privileged=True),
        Action("activity.read", "Read the activity record", RECORD_READERS,
               ("show_activity", "api_list_activity", "api_read_event"), "activity:read"),
        Action("activity.take", "Export the record, take its proof, publish its head", ONLY_OWNER,
               ("export_activity", "download_proof", "publish_heads")),
        Action("token.manage", "Make, see and revoke tokens of the interface", MANAGERS,
               ("list_tokens", "create_token", "revoke_token", "api_list_tokens", "api_create_token",
                "api_revoke_token"), privileged=True),
        Action("support.begin", "Act for a customer", ONLY_STAFF,
               ("show_support_form", "begin_support", "api_begin_support"),
               limit="with reason, ticket and fresh proof of identity; an hour at most", privileged=True),
        Action("support.stop", "Stop acting for a customer", _ACTING, ("stop_support", "api_stop_support"),
               privileged=True),
        Action("support.watch", "See and end support access to the organisation", MANAGERS,
               ("list_support", "end_support", "api_list_support", "api_end_support"), privileged=True),
        Action("incident.tell", "Tell everybody of an incident or an exercise", ONLY_STAFF,
               ("list_incidents", "show_incident_form", "post_incident", "show_incident", "add_news", "take_back",
                "api_post_incident", "api_add_news", "api_take_back"), limit="only an exercise is taken back"),
        Action("operations.read", "See how the service runs", ONLY_STAFF, ("show_operations", "api_read_operations")),
    ]
)  # fmt: skip
