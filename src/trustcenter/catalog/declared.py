"""What trustcenter.toml declares, checked against frameworks and collectors."""

from __future__ import annotations

from collections.abc import Mapping

from trustcenter.catalog.problem_list import Part, ProblemList
from trustcenter.frameworks import KNOWN, framework
from trustcenter.instance import Instance
from trustcenter.model.collector import CollectorDescription
from trustcenter.strict.shape import suggest

KINDS = ("platform", "endpoint", "postgresql", "files", "terraform", "records")
"""Kinds of source that this package can open."""
ALWAYS = "security"
"""The SOC 2 category of the common criteria, in every report."""


def check_declared(instance: Instance, collectors: Mapping[str, CollectorDescription], problems: ProblemList) -> None:
    """Report frameworks, roles, categories, kinds and mappings that nobody knows."""
    root = Part(instance.document, (), problems)
    organisation = instance.organisation
    for index, name in enumerate(organisation.frameworks):
        if name not in KNOWN:
            here = root.below("organisation", "frameworks", index)
            here.problem(f"there is no framework `{name}`", suggest(name, KNOWN))
    for name, roles in organisation.roles.items():
        here = root.below("organisation", "roles", name)
        if name not in KNOWN:
            here.problem(f"there is no framework `{name}`", suggest(name, KNOWN), key=True)
            continue
        known = framework(name).roles
        for role in roles:
            if role not in known:
                hint = suggest(role, known) or f"{name} knows no roles"
                here.problem(f"`{role}` is no role under {name}", hint)
    for name in organisation.frameworks:
        if name in KNOWN and framework(name).roles and not organisation.roles.get(name):
            hint = f"roles: {', '.join(framework(name).roles)}"
            here = root.below("organisation", "roles")
            here.problem(f"no role is declared under {name}, so nothing would apply", hint, key=True)
    if "soc2" in organisation.frameworks:
        here = root.below("organisation", "categories")
        known = framework("soc2").categories
        for name in organisation.categories:
            if name not in known:
                here.problem(f"`{name}` is no category of SOC 2", suggest(name, known))
        if ALWAYS not in organisation.categories:
            here.problem(f"`{ALWAYS}` is in every SOC 2 report", f'add "{ALWAYS}"')
    for source in instance.sources:
        here = root.below("sources", source.name)
        if source.kind not in KINDS and not any(source.kind in collector.kinds for collector in collectors.values()):
            kinds = {kind for collector in collectors.values() for kind in collector.kinds} | set(KINDS)
            here.below("kind").problem(f"nothing reads a source of kind `{source.kind}`", suggest(source.kind, kinds))
        for collector in source.mapping:
            if collector not in collectors:
                there = here.below("mapping", collector)
                there.problem(f"there is no collector `{collector}`", suggest(collector, collectors), key=True)
