"""Mutants of roles, tokens and support access: the portal's code changed from outside, or its triggers and rows."""

from __future__ import annotations

import re

from planted_token import planted

from mutations.application import serving, trigger
from mutations.browser import Browser
from mutations.database import after, asked
from mutations.factors import enter_with_passkey
from mutations.mutant import Broken, Change, Scene, mutant
from mutations.patched import patched
from mutations.proxy import Answer
from mutations.web import behind

ROLES = "access.roles"
TOKENS = "access.tokens"
SUPPORT = "access.impersonation"


def guard(condition: str, answer: str) -> Change:
    """A guard that answers otherwise where the condition holds (`self` the route, `who` the caller, `found`)."""
    return patched(
        "import trustcenter.runtime.routes as routes\n"
        "real = routes.Route.refusal\n"
        "def refusal(self, who):\n"
        "    found = real(self, who)\n"
        f"    return {answer} if {condition} else found\n"
        "routes.Route.refusal = refusal\n"
    )


def policy(condition: str) -> Change:
    """A token's policy that finds it live where the condition holds (`found` is what the real one decides)."""
    return patched(
        "import trustcenter.runtime.api_tokens as tokens\n"
        "real = tokens.TokenPolicy.decide\n"
        "def decide(self, state, event, now):\n"
        "    after, found, facts = real(self, state, event, now)\n"
        f"    live = event == 'use' and ({condition})\n"
        "    return after, tokens.Decision.LIVE if live else found, facts\n"
        "tokens.TokenPolicy.decide = decide\n"
    )


def signed_in(scene: Scene, name: str) -> Browser:
    """A canary's browser, inside: with its passkey where it has one."""
    browser = scene.browser()
    if f"PORTAL_CANARY_{name.upper()}_PASSKEY" in scene.environment:
        enter_with_passkey(scene, browser, name)
        assert browser.inside(), f"the passkey of canary {name} lets nobody in"
    else:
        browser.sign_in(*scene.credentials(name))
    return browser


def opens(path: str, name: str | None) -> Broken:
    """Whether a page opens for this canary, or for nobody."""

    def broken(scene: Scene) -> bool:
        browser = scene.browser() if name is None else signed_in(scene, name)
        return browser.ask("GET", path).status == 200

    return broken


def token_opens(change: str, path: str = "/api/documents") -> Broken:
    """Whether a token that was put into the database, and then changed like that, opens a page of the interface."""

    def broken(scene: Scene) -> bool:
        with scene.superuser() as connection, planted(connection, scene.credentials("a")[0], age="1 hour") as token:
            connection.execute(f"update portal.api_tokens set {change} where id = %s", (token.id,))
            return scene.browser().ask("GET", path, **token.header).status == 200

    return broken


def no_banner(answer: Answer) -> None:
    answer.body = re.sub(rb'<div class="banner".*?</div>\s*(?=<main )', b"", answer.body, flags=re.DOTALL)


def acting(scene: Scene) -> tuple[Browser, int]:
    """A canary of the staff whose session acts for canary A's owner, by a row; and that row's number of seconds."""
    browser = signed_in(scene, "staff")
    session = browser.ask("GET", "/api/me").json["session_id"]
    with scene.superuser() as connection:
        connection.execute(
            "insert into portal.impersonations (organisation_id, account_id, staff_id, staff_name, session_id, reason,"
            " ticket, expires_at) select a.organisation_id, a.id, s.account_id, 'Canary staff', s.id, 'a mutant looks',"
            " 'MUTANT-1', clock_timestamp() + interval '5 minutes' from portal.accounts a, portal.sessions s"
            " where a.email = %s and s.id = %s",
            (scene.credentials("a")[0], session),
        )
    return browser, 300


def acting_opens(path: str) -> Broken:
    return lambda scene: acting(scene)[0].ask("GET", path).status == 200


def acts_without_banner(scene: Scene) -> bool:
    page = acting(scene)[0].ask("GET", "/documents")
    return page.status == 200 and b"MUTANT-1" not in page.body


def recorded_under_one_name(scene: Scene) -> bool:
    browser, _ = acting(scene)
    document = browser.ask("GET", "/api/documents").json["items"][0]["id"]
    assert browser.ask("GET", f"/api/documents/{document}").status == 200
    return bool(scene.value("select acting_for is null from portal.audit_events order by id desc limit 1"))


def cannot_be_stopped(scene: Scene) -> bool:
    browser, _ = acting(scene)
    browser.send("POST", "/api/support/stop")
    return browser.ask("GET", "/api/me").json["role"] == "support"


def tells_nobody(scene: Scene) -> bool:
    """Whether a mail about support access that is queued is not there afterwards."""
    with scene.superuser() as connection:
        connection.execute(
            "insert into portal.outbox (organisation_id, account_id, kind, sealed, due_at)"
            " select organisation_id, id, 'support_begun', 'x', now() + interval '1 day' from portal.accounts limit 1"
        )
        return connection.execute("delete from portal.outbox where sealed = 'x'").rowcount == 0


LONG = (
    "alter table portal.impersonations drop constraint impersonations_check",
    "update portal.impersonations set expires_at = started_at + interval '5 hours'",
)

MUTANTS = (
    mutant(
        "record-open-to-members", "members read the organisation's activity record",
        f"{ROLES}/tried {ROLES}/record", "role_matrix_probe",
        guard("found == 'role_not_allowed' and self.name == 'show_activity'", "None"),
        opens("/settings/activity", "a_member"),
    ),
    mutant(
        "admins-shut-out", "admins are refused what is declared for them", f"{ROLES}/tried", "role_matrix_probe",
        guard("who is not None and who.role == 'admin' and self.name == 'list_tokens'", "routes.Refusal.ROLE"),
        lambda scene: not opens("/settings/tokens", "a")(scene),
    ),
    mutant(
        "page-open-to-strangers", "a page answers callers who have not signed in",
        f"{ROLES}/tried {ROLES}/anonymous", "role_matrix_probe",
        guard("who is None and self.name == 'show_roles'", "None"), opens("/settings/roles", None),
    ),
    mutant(
        "route-undeclared", "a route is in no action of the matrix", f"{ROLES}/tried {ROLES}/anonymous",
        "role_matrix_probe",
        patched(
            "import dataclasses\nimport trustcenter.runtime.matrix as matrix\nreal = matrix.Matrix._one\n"
            "matrix.Matrix._one = lambda self, route: (dataclasses.replace(route, path='/aside')"
            " if route.name == 'show_roles' else real(self, route))\n"
        ),
        opens("/aside", "a"),
    ),
    mutant(
        "revoked-token-opens", "a token works on after it was revoked", f"{TOKENS}/tried", "api_token_probe",
        policy("found == 'revoked'"), token_opens("revoked_at = now()"),
    ),
    mutant(
        "expired-token-opens", "a token works on after its end", f"{TOKENS}/tried", "api_token_probe",
        policy("found == 'expired'"), token_opens("expires_at = now() - interval '1 minute'"),
    ),
    mutant(
        "scope-ignored", "a token opens what its scopes do not name", f"{TOKENS}/tried", "api_token_probe",
        guard("found == 'scope_not_allowed' and self.name == 'api_list_people'", "None"),
        token_opens("name = 'mutant'", "/api/people"),
    ),
    mutant(
        "tokens-in-plain", "the end of a token is stored as it is", f"{TOKENS}/stored", "api_token_probe",
        patched("import trustcenter.runtime.api_tokens as tokens\n"
                "tokens.stored_form = lambda token: token.encode()[-32:]\n"),
        lambda scene: not token_opens("name = 'mutant'")(scene),
    ),
    mutant(
        "token-for-ten-years", "a token lives for ten years", f"{TOKENS}/bounded", "query",
        after("alter table portal.api_tokens drop constraint api_tokens_check",
              "update portal.api_tokens set expires_at = created_at + interval '10 years'"),
        asked("select bool_or(expires_at > created_at + interval '9 years') from portal.api_tokens"),
    ),
    mutant(
        "support-sees-tokens", "the staff sees a customer's tokens while it acts for it", f"{SUPPORT}/tried",
        "impersonation_probe",
        guard("who is not None and who.role == 'support' and self.name == 'list_tokens'", "None"),
        acting_opens("/settings/tokens"),
    ),
    mutant(
        "support-without-banner", "nothing shows that the staff acts for a customer", f"{SUPPORT}/tried",
        "impersonation_probe", behind(no_banner), acts_without_banner,
    ),
    mutant(
        "support-under-one-name", "what the staff does for a customer is not recorded as such", f"{SUPPORT}/tried",
        "impersonation_probe",
        serving(trigger("audit_events", "insert", "new.action = 'document.read'",
                        "new.acting_for := null; return new;")),
        recorded_under_one_name,
    ),
    mutant(
        "support-never-ends", "support access cannot be ended", f"{SUPPORT}/tried", "impersonation_probe",
        serving(trigger("impersonations", "update", "true", "return null;")), cannot_be_stopped,
    ),
    mutant(
        "support-without-mail", "the owner is not told of support access", f"{SUPPORT}/tried", "impersonation_probe",
        serving(trigger("outbox", "insert", "new.kind = 'support_begun'", "return null;")),
        tells_nobody,
    ),
    mutant(
        "support-for-five-hours", "support access lasted for five hours", f"{SUPPORT}/used", "query", after(*LONG),
        asked("select bool_or(expires_at > started_at + interval '4 hours') from portal.impersonations"),
    ),
)  # fmt: skip
