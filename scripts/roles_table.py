"""docs/roles.md: the portal's matrix of roles with the routes of each action, for an auditor to read."""

from __future__ import annotations

from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
TABLE = ROOT / "docs" / "roles.md"
HEADINGS = {"anonymous": "nobody signed in", "support": "support for a customer"}


def table() -> str:
    """One row for each action; below it, one for each route."""
    from trustcenter.portal.access.fields import READ, WRITTEN
    from trustcenter.portal.access.matrix import MATRIX
    from trustcenter.portal.manifest import MANIFEST
    from trustcenter.runtime.matrix import COLUMNS

    titles = [HEADINGS.get(name, name) for name in COLUMNS]
    head = "| " + " | ".join(["action", *titles, "decided besides", "token"]) + " |\n"
    parts = [
        "# Roles\n",
        "What can be done in the portal, and by whom. The routes take their callers from this declaration, the guard "
        "looks nowhere else, and `role_matrix_probe` tries every route as every kind of caller. A dot means yes. Made "
        "by `make generate`.\n",
        head + "| --- |" + " :---: |" * len(COLUMNS) + " --- | --- |",
    ]
    for action in MATRIX:
        marks = ["●" if name in action.callers else "" for name in COLUMNS]
        parts.append("| " + " | ".join([action.says, *marks, action.limit, action.scope or ""]) + " |")
    parts.append("\n## Routes\n\n| route | action | in reach of | fresh proof |\n| --- | --- | --- | --- |")
    says = {action.name: action.says for action in MATRIX}
    for route in sorted(MANIFEST, key=lambda one: (one.template, one.method)):
        callers = ", ".join(HEADINGS.get(name, name) for name in COLUMNS if name in route.callers)
        fresh = "yes" if route.step_up else ""
        parts.append(f"| `{route.method} {route.template}` | {says[route.action or '']} | {callers} | {fresh} |")
    parts.append("\n## Fields that are read\n\n| address | whoever may call it | besides |\n| --- | --- | --- |")
    for address, thing in READ.items():
        whom = ", ".join(name for name in COLUMNS if name in thing.more_for)
        more = f"{whom}: {', '.join(thing.more)}" if thing.more else ""
        parts.append(f"| `GET {address}` | {', '.join(thing.fields)} | {more} |")
    parts.append(
        "\n## Fields that are written\n\nOther fields of a request are not looked at: organisation, author, owner and "
        "times come from the session and the clock.\n\n| change | fields |\n| --- | --- |"
    )
    parts += [f"| `{change}` | {', '.join(names)} |" for change, names in WRITTEN.items()]
    return "\n".join(parts) + "\n"


def generated() -> dict[Path, bytes]:
    """The table as it must be committed."""
    return {TABLE: table().encode()}
