"""Build the trust page from the ledger: the ledger is verified first, and the page is switched in one step.

Beside the page come the headers under which it works, for nginx, Caddy, CloudFront and hosts that read `_headers`.
"""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from trustcenter.cli.console import Console
from trustcenter.cli.shell import line_for
from trustcenter.model.amount import counted

if TYPE_CHECKING:
    from trustcenter.publish.s3 import Bucket

EXAMPLES = """
trustcenter publish                     # into build/site of the instance
trustcenter publish --output /srv/trust
trustcenter publish --target s3 --bucket trust-page --prefix live   # credentials as the AWS tools take them
trustcenter publish --key trust.example/evidence+...   # verify the ledger with a key pinned elsewhere
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--output", "-o", metavar="FOLDER", help="where the page goes (default: build/site)")
    parser.add_argument(
        "--target", choices=("folder", "s3"), default="folder", help="where readers get it (default: folder)"
    )
    parser.add_argument("--bucket", help="the bucket (target s3)")
    parser.add_argument("--prefix", default="", help="below which key the page stands (target s3)")
    parser.add_argument("--endpoint-url", metavar="URL", help="another service that speaks S3 (target s3)")
    parser.add_argument("--key", help="the ledger's public key (default: the one beside the signing key)")


def run(arguments: argparse.Namespace, console: Console) -> int:
    from trustcenter.pipeline import publishing
    from trustcenter.publish.response_headers import write_headers
    from trustcenter.publish.s3 import upload

    line = line_for(arguments)
    bucket = _bucket(arguments)
    console.note("verifying the ledger")
    found = publishing.verified(line, key=arguments.key)
    console.note(f"building the page from checkpoint {found.record.size}")
    destination = Path(arguments.output) if arguments.output else line.instance.build / "site"
    page, built = publishing.publish(line, found, destination)
    headers = line.instance.build / "headers"
    policy = write_headers(built.folder, headers)
    for blocked in policy.blocked:
        console.warn(f"the strict policy would stop {blocked}")
    sent = None
    if bucket is not None:
        console.note(f"uploading to s3://{bucket.name}/{bucket.prefix}")
        sent = upload(built.folder, bucket, size=page.checkpoint, root=page.root)
    counts = {name: count for name, count in page.tally.items() if count}
    console.print(f"{built.folder / 'index.html'}")
    console.print(
        f"  {counted(len(page.claims), 'claim')}: "
        + ", ".join(f"{count} {name.replace('_', ' ')}" for name, count in counts.items())
    )
    console.print(f"  as of {page.as_of:%d %b %Y, %H:%M} UTC, log checkpoint {page.checkpoint}")
    console.print(f"  headers for servers: {headers}")
    if bucket is not None and sent is not None:
        console.print(
            f"  s3://{bucket.name}/{bucket.prefix}: "
            f"{sent.written} written, {sent.kept} as before, {sent.removed} removed"
        )
    if console.json:
        console.document(
            {
                "folder": str(built.folder),
                "claims": len(page.claims),
                "counts": counts,
                "checkpoint": page.checkpoint,
                "headers": str(headers),
                "uploaded": None
                if sent is None
                else {"written": sent.written, "kept": sent.kept, "removed": sent.removed},
            }
        )
    return 0


def _bucket(arguments: argparse.Namespace) -> Bucket | None:
    """The bucket that the command names. Raises ConfigurationError for half of one."""
    from trustcenter.errors import ConfigurationError
    from trustcenter.publish.s3 import Bucket

    if arguments.target == "folder":
        if arguments.bucket or arguments.endpoint_url:
            raise ConfigurationError("a bucket needs `--target s3`")
        return None
    if not arguments.bucket:
        raise ConfigurationError("`--target s3` needs `--bucket`")
    try:
        import boto3
    except ImportError as error:
        raise ConfigurationError("boto3 is not installed", hint="pip install 'trustcenter[aws]'") from error
    return Bucket(boto3.client("s3", endpoint_url=arguments.endpoint_url), arguments.bucket, arguments.prefix)
