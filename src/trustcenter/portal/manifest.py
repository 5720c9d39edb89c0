"""Every route of the portal and who may call it. The router is built from this list and from nothing else."""

from __future__ import annotations

from trustcenter.portal import api, pages, public, status
from trustcenter.portal.access import routes as access
from trustcenter.portal.access.matrix import MATRIX
from trustcenter.portal.activity import pages as activity
from trustcenter.portal.factors import routes as factors
from trustcenter.portal.incidents import routes as incidents
from trustcenter.portal.questionnaires import routes as questionnaires
from trustcenter.portal.signing import routes as signing
from trustcenter.runtime import security_txt
from trustcenter.runtime.routes import EVERYBODY, MANAGERS, OWNER, SIGNED_IN, STAFF, Manifest, Route

ONLY_STAFF = frozenset({STAFF})
WRITERS = MANAGERS | ONLY_STAFF
RECORD_READERS = MANAGERS | ONLY_STAFF
ONLY_OWNERS = frozenset({OWNER})

MANIFEST = Manifest(
    MATRIX.applied(
        [
            Route("GET", "/", EVERYBODY, "start", pages.show_start),
            Route("GET", "/healthz", EVERYBODY, "health", public.health),
            Route("GET", "/.well-known/trust-posture", EVERYBODY, "trust_posture", public.trust_posture),
            Route("GET", "/.well-known/audit-heads", EVERYBODY, "audit_heads", public.audit_heads),
            Route("GET", security_txt.PATH, EVERYBODY, "security_txt", public.security_txt),
            Route("GET", "/assets/{name:path}", EVERYBODY, "asset", public.asset),
            Route("GET", "/status", EVERYBODY, "show_status", status.page),
            Route("GET", status.FEED, EVERYBODY, "status_feed", status.feed),
            *signing.ROUTES,
            *factors.ROUTES,
            Route("GET", "/documents", SIGNED_IN, "list_documents", pages.list_documents),
            Route("GET", "/documents/new", WRITERS, "show_document_form", pages.show_document_form),
            Route("POST", "/documents", WRITERS, "create_document", pages.create_document),
            Route("GET", "/documents/{document_id:uuid}", SIGNED_IN, "show_document", pages.show_document),
            Route("GET", "/settings/activity", RECORD_READERS, "show_activity", activity.show),
            Route("GET", "/settings/activity/export", ONLY_OWNERS, "export_activity", activity.export),
            Route("GET", "/settings/activity/proof", ONLY_OWNERS, "download_proof", activity.proof),
            Route("POST", "/settings/activity/heads", ONLY_OWNERS, "publish_heads", activity.publish),
            Route("GET", "/people", SIGNED_IN, "list_people", pages.list_people),
            Route("POST", "/people/{account_id:uuid}/disable", MANAGERS, "disable_account", pages.disable_account),
            Route("POST", "/people/{account_id:uuid}/enable", MANAGERS, "enable_account", pages.enable_account),
            *questionnaires.ROUTES,
            *access.ROUTES,
            *incidents.ROUTES,
            Route("GET", "/operations", ONLY_STAFF, "show_operations", pages.show_operations),
            Route("GET", "/api/me", SIGNED_IN, "api_me", api.me),
            Route("GET", "/api/documents", SIGNED_IN, "api_list_documents", api.list_documents),
            Route("POST", "/api/documents", WRITERS, "api_create_document", api.create_document),
            Route("GET", "/api/documents/{document_id:uuid}", SIGNED_IN, "api_read_document", api.read_document),
            Route("PUT", "/api/documents/{document_id:uuid}", WRITERS, "api_change_document", api.change_document),
            Route("DELETE", "/api/documents/{document_id:uuid}", WRITERS, "api_remove_document", api.remove_document),
            Route("GET", "/api/activity", RECORD_READERS, "api_list_activity", activity.api_list),
            Route("GET", "/api/activity/{event_id:int}", RECORD_READERS, "api_read_event", activity.api_read),
            Route("GET", "/api/people", SIGNED_IN, "api_list_people", api.list_people),
            Route("GET", "/api/people/{account_id:uuid}", SIGNED_IN, "api_read_person", api.read_person),
            Route(
                "POST", "/api/people/{account_id:uuid}/disable", MANAGERS, "api_disable_account", pages.disable_account
            ),
            Route("POST", "/api/people/{account_id:uuid}/enable", MANAGERS, "api_enable_account", pages.enable_account),
            Route("GET", "/api/operations", ONLY_STAFF, "api_read_operations", api.read_operations),
        ]
    )
)
