"""Scaffold a new instance in an empty folder: controls that load, a policy, schemas, a workflow for CI."""

from __future__ import annotations

import argparse
from pathlib import Path

from trustcenter.cli.console import Console
from trustcenter.cli.shell import clock
from trustcenter.model.amount import counted

EXAMPLES = """
trustcenter init trust --name "Acme" --url https://trust.acme.example
trustcenter init trust --name "Acme" --framework soc2 --framework gdpr --role gdpr:processor
trustcenter init trust --name "Acme" --forge none
trustcenter init trust --name "Acme" --with aws
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("folder", metavar="FOLDER", help="a new or empty folder")
    parser.add_argument("--name", required=True, help="the organisation's name")
    parser.add_argument("--url", default="https://www.example.com", help="where the page will be served")
    parser.add_argument("--framework", action="append", metavar="ID", help="soc2, gdpr, ccpa (default: all)")
    parser.add_argument(
        "--role", action="append", metavar="LAW:ROLE",
        help="a role under a law: gdpr:controller, gdpr:processor, ccpa:business, ccpa:service_provider",
    )  # fmt: skip
    parser.add_argument(
        "--with", action="append", default=[], dest="libraries", metavar="NAME",
        help="also the controls for: aws, terraform; both together compare code and account",
    )  # fmt: skip
    parser.add_argument("--forge", default="github", help="github or none: which workflow is written")


def run(arguments: argparse.Namespace, console: Console) -> int:
    from trustcenter.errors import ConfigurationError
    from trustcenter.frameworks import KNOWN
    from trustcenter.scaffold import plan

    target = Path(arguments.folder)
    if target.exists() and (not target.is_dir() or any(target.iterdir())):
        raise ConfigurationError("this folder is not empty", where=str(target), hint="name a new one")
    frameworks = arguments.framework or list(KNOWN)
    roles: dict[str, list[str]] = {}
    for said in arguments.role or [f"{law}:{role}" for law, role in _ROLES if law in frameworks]:
        law, colon, role = said.partition(":")
        if not colon:
            raise ConfigurationError(f"`{said}` is not LAW:ROLE", hint="for example gdpr:processor")
        roles.setdefault(law, []).append(role)
    files = plan(
        arguments.name, frameworks, roles, today=clock().date(), url=arguments.url, forge=arguments.forge,
        libraries=arguments.libraries,
    )  # fmt: skip
    for name, content in files.items():
        path = target / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    console.print(f"{counted(len(files), 'file')} in {target}")
    console.print(f"next: cd {target} && trustcenter coverage")
    console.print("then: trustcenter keys init && trustcenter check")
    if console.json:
        console.document(
            {"folder": str(target), "files": sorted(files), "next": f"trustcenter coverage --instance {target}"}
        )
    return 0


_ROLES = (("gdpr", "controller"), ("gdpr", "processor"), ("ccpa", "business"), ("ccpa", "service_provider"))
