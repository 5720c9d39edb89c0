"""Mutants of tokens that come back: to another organisation's things, after their end, or left behind by a check."""

from __future__ import annotations

from contextlib import ExitStack

from planted_token import plant, planted

from mutations.application import serving, trigger
from mutations.database import asked
from mutations.mutant import Scene, mutant
from mutations.world import World

TOKENS = "access.tokens"
CROSSING = """
import dataclasses, uuid
import trustcenter.portal.services as services
whole = services.Services.caller
async def caller(self, request):
    who = await whole(self, request)
    token = who is not None and who.standing.scopes is not None
    if token and str(request.path_params.get('document_id')) in {things!r}:
        return dataclasses.replace(who, organisation_id=uuid.UUID({home!r}), account_id=uuid.UUID({author!r}))
    return who
services.Services.caller = caller
"""


def theirs(scene: Scene) -> tuple[str, str, list[str]]:
    """Canary B's organisation, the author of its documents, and these."""
    with scene.superuser() as connection:
        rows = connection.execute(
            "select o.id::text, d.created_by::text, d.id::text from portal.organisations o join portal.documents d"
            " on d.organisation_id = o.id where o.slug = 'canary-b'"
        ).fetchall()
    return rows[0][0], rows[0][1], [row[2] for row in rows]


def tokens_cross(world: World, stack: ExitStack) -> Scene:
    """An application in which a token that names a document of canary B acts in canary B."""
    home, author, things = theirs(world.scene)
    code = CROSSING.format(home=home, author=author, things=things)
    return stack.enter_context(world.application(patch=code))


def a_token_reads_theirs(scene: Scene) -> bool:
    """Whether a token of canary A reads a document of canary B."""
    thing = theirs(scene)[2][0]
    with scene.superuser() as connection, planted(connection, scene.credentials("a")[0]) as token:
        return scene.browser().ask("GET", f"/api/documents/{thing}", **token.header).status == 200


def revocation_does_nothing(scene: Scene) -> bool:
    """Whether a token is live after it was revoked by a statement that was not refused."""
    with scene.superuser() as connection, planted(connection, scene.credentials("a")[0]) as token:
        connection.execute("update portal.api_tokens set revoked_at = now() where id = %s", (token.id,))
        return bool(scene.value("select revoked_at is null from portal.api_tokens where id = %s", token.id))


def left_a_token(world: World, stack: ExitStack) -> Scene:
    """A copy of the database in which a canary's token is two hours old and works on."""
    scene = stack.enter_context(world.database())
    with scene.superuser() as connection:
        plant(connection, "owner@canary-a.example", name="left", age="2 hours", life="20 hours")
    return scene


MUTANTS = (
    mutant(
        "token-crosses-tenants", "a token reads another organisation's document by its identifier",
        f"{TOKENS}/tried {TOKENS}/apart", "api_token_probe", tokens_cross, a_token_reads_theirs,
    ),
    mutant(
        "tokens-cannot-be-taken-back", "revoking a token is answered, and does nothing", f"{TOKENS}/tried",
        "api_token_probe", serving(trigger("api_tokens", "update", "true", "new.revoked_at := null; return new;")),
        revocation_does_nothing,
    ),
    mutant(
        "check-left-a-token", "a check that was cut off left a token of a test organisation behind",
        "platform.check-leftovers/left", "query",
        left_a_token,
        asked("select exists (select from portal.api_tokens t join portal.organisations o on o.id = t.organisation_id"
              " where o.kind = 'canary' and t.revoked_at is null and t.expires_at > now()"
              " and t.created_at < now() - interval '1 hour')"),
    ),
)  # fmt: skip
