"""Print the smallest read-only IAM policy that the AWS collectors of this instance need, by the calls they declare."""

from __future__ import annotations

import argparse

from trustcenter.cli.console import Console
from trustcenter.cli.shell import line_for

EXAMPLES = """
trustcenter aws policy                    # for the role that reads an account
trustcenter aws policy --assume           # for the credentials that assume the roles of `accounts`
trustcenter aws policy > trustcenter-policy.json
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("what", choices=["policy"], help="policy: print it as JSON")
    parser.add_argument("--assume", action="store_true", help="the policy for assuming the roles that sources name")


def run(arguments: argparse.Namespace, console: Console) -> int:
    import json

    from trustcenter.errors import ConfigurationError
    from trustcenter.pipeline.aws_policy import assuming, reading

    line = line_for(arguments)
    policy = assuming(line) if arguments.assume else reading(line)
    if not policy["Statement"]:
        what = "no source of kind `aws` names `accounts`" if arguments.assume else "no test of this instance reads AWS"
        raise ConfigurationError(what, where=line.instance.file, hint="`trustcenter init --with aws` shows how to")
    if console.json:
        console.document(policy)
    else:
        console.print(json.dumps(policy, indent=2))
    return 0
