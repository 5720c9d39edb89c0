"""An AWS account on this machine: moto's server as a process of its own, seeded with good and bad resources."""

from __future__ import annotations

import contextlib
import os
import socket
import subprocess
import time
import urllib.request
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import boto3
from aws_seed_network import databases, edge, network
from aws_seed_services import REGION, buckets, identities, keys, logs, rest
from botocore.config import Config


@contextlib.contextmanager
def moto(program: Path) -> Iterator[int]:
    """moto's server on a free port of the loopback interface; killed at the end."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = int(free.getsockname()[1])
    process = subprocess.Popen(
        [str(program), "-H", "127.0.0.1", "-p", str(port)],
        env={
            **os.environ,
            "MOTO_EC2_LOAD_DEFAULT_AMIS": "false",
            "MOTO_ACM_VALIDATION_WAIT": "86400",
        },
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        until = time.monotonic() + 90
        while True:
            with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
                break
            assert process.poll() is None, "moto's server ended"
            assert time.monotonic() < until, "moto's server does not answer"
            time.sleep(0.05)
        yield port
    finally:
        process.kill()
        process.wait()


@cache
def clients(port: int, region: str = REGION, key: str = "test", secret: str = "test") -> Any:
    """A function that gives the client of one service, straight to moto; each is made once, which is what costs."""
    session = boto3.session.Session(key, secret, region_name=region)
    config = Config(retries={"max_attempts": 1}, inject_host_prefix=False, parameter_validation=False)

    @cache
    def client(service: str) -> Any:
        return session.client(service, endpoint_url=f"http://127.0.0.1:{port}", config=config)

    return client


@contextlib.contextmanager
def enforcing(port: int) -> Iterator[tuple[str, str]]:
    """IAM is enforced while the block runs; the key and the secret of a user without a single right."""
    iam = clients(port)("iam")
    iam.create_user(UserName="nobody")
    made = iam.create_access_key(UserName="nobody")["AccessKey"]
    _refuse_after(port, "0")
    try:
        yield made["AccessKeyId"], made["SecretAccessKey"]
    finally:
        _refuse_after(port, "inf")
        iam.delete_access_key(UserName="nobody", AccessKeyId=made["AccessKeyId"])
        iam.delete_user(UserName="nobody")


def _refuse_after(port: int, requests: str) -> None:
    """moto lets so many requests through before it looks at rights."""
    address = f"http://127.0.0.1:{port}/moto-api/reset-auth"
    with urllib.request.urlopen(
        urllib.request.Request(address, requests.encode(), {"Content-Type": "text/plain"})
    ) as answer:
        assert answer.status == 200


def seed(port: int) -> None:
    """Everything, good and bad. Names say which: `good-...`, `bad-...`."""
    client = clients(port)
    key = keys(client)
    identities(client)
    buckets(client, key)
    places = network(client)
    databases(client, key, places)
    edge(client, places)
    logs(client, key)
    rest(client, key)
