"""Credentials and clients: which accounts and regions a source names, and a client for each of them."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Mapping
from functools import cache
from typing import Any
from urllib.parse import urlsplit, urlunsplit

from trustcenter.model.population import CouldNotTell
from trustcenter.model.source import Source
from trustcenter.sources.aws_errors import explained
from trustcenter.sources.interface import AwsPlace

ATTEMPTS = 5
CONNECT_SECONDS, READ_SECONDS = 10, 30
HOME = "us-east-1"
"""Where global services (IAM, CloudFront) of the commercial partition answer; another partition says `home_region`."""
SESSION = "trustcenter"
_MARKED = {"input_token": "NextMarker", "output_token": "NextMarker", "limit_key": "Limit"}
_PAGES: Mapping[str, Mapping[str, Any]] = {
    "wafv2:ListWebACLs": {**_MARKED, "result_key": "WebACLs"},
    "wafv2:ListLoggingConfigurations": {**_MARKED, "result_key": "LoggingConfigurations"},
}
"""Operations with pages of which botocore's data says nothing."""


class Access:
    """The accounts of a source, opened on first use.

    Settings: `regions`; `accounts`, the roles to assume, by ARN (none: the account of the credentials themselves);
    `external_id`; `endpoint_url`, else AWS_ENDPOINT_URL as boto3 reads it; `profile`; `attempts`; `home_region`.
    Raises CouldNotTell where one is missing, unusable, or a role leads to another account than it names.
    """

    def __init__(self, source: Source, watch: Callable[..., None]) -> None:
        self._source, self._watch = source, watch
        self._lock = threading.RLock()
        self._sessions: dict[str, Any] = {}
        self._clients: dict[tuple[str, str, str], Any] = {}
        self._pagination: dict[str, Mapping[str, Any]] = {}
        self._trouble: CouldNotTell | None = None
        self.actors: list[str] = []
        self.regions = list(dict.fromkeys(self._texts("regions", needed=True)))
        self.home = str(source.settings.get("home_region") or HOME)

    @property
    def accounts(self) -> list[str]:
        return sorted(self._sessions)

    def opened(self) -> Access:
        """Ask who we are in each account, once; a failure is remembered for those who ask later."""
        with self._lock:
            if self._trouble is not None:
                raise self._trouble
            if not self._sessions:
                try:
                    self._open()
                except CouldNotTell as error:
                    self._trouble = error
                    raise
            return self

    def client(self, service: str, place: AwsPlace) -> Any:
        """The client of one service in one account and region."""
        key = (service, place.account, place.region)
        with self._lock:
            if key not in self._clients:
                self._clients[key] = self._made(self.opened()._sessions[place.account], service, place.region)
            return self._clients[key]

    def pagination(self, client: Any, operation: str) -> Any:
        """How botocore's own data pages an operation; None where it has one page."""
        service = client.meta.service_model.service_name
        with self._lock:
            if service not in self._pagination:
                from botocore.exceptions import UnknownServiceError

                try:
                    model = _models().load_service_model(service, "paginators-1", client.meta.service_model.api_version)
                    self._pagination[service] = model["pagination"]
                except UnknownServiceError:
                    self._pagination[service] = {}
            return self._pagination[service].get(operation) or _PAGES.get(f"{service}:{operation}")

    def close(self) -> None:
        with self._lock:
            for client in self._clients.values():
                client.close()
            self._clients.clear()

    def _open(self) -> None:
        try:
            import botocore.session
        except ImportError:
            raise CouldNotTell(
                "unsupported", "boto3 is not installed", hint="install trustcenter with its extra `aws`"
            ) from None
        from botocore.exceptions import ProfileNotFound

        try:
            own = botocore.session.Session(profile=self._source.settings.get("profile"))
            own.register_component("data_loader", _models())
            roles = self._texts("accounts")
            if not roles:
                self._enter(own, None)
            for role in roles:
                self._enter(self._assumed(own, role), role.split(":")[4] if role.count(":") >= 5 else None)
        except ProfileNotFound:
            raise CouldNotTell("unsupported", "there is no such AWS profile here", where=self._where()) from None

    def _enter(self, session: Any, expected: str | None) -> None:
        said = self._sts(session, "GetCallerIdentity", {})
        account = str(said.get("Account") or "")
        if not account.isdigit():
            raise CouldNotTell("malformed", "AWS does not say whose account this is", where=self._where())
        if expected is not None and account != expected:
            raise CouldNotTell("contradicted", "a role of `accounts` leads to another account", where=self._where())
        self._sessions[account] = session
        self.actors.append(str(said.get("Arn")))

    def _assumed(self, own: Any, role: str) -> Any:
        import botocore.session

        parameters = {"RoleArn": role, "RoleSessionName": SESSION}
        if self._source.settings.get("external_id"):
            parameters["ExternalId"] = str(self._source.settings["external_id"])
        given = self._sts(own, "AssumeRole", parameters)["Credentials"]
        session = botocore.session.Session()
        session.register_component("data_loader", _models())
        session.set_credentials(given["AccessKeyId"], given["SecretAccessKey"], given["SessionToken"])
        return session

    def _sts(self, session: Any, operation: str, parameters: Mapping[str, str]) -> Mapping[str, Any]:
        try:
            client = self._made(session, "sts", self.regions[0])
            ask = client.get_caller_identity if operation == "GetCallerIdentity" else client.assume_role
            answer: Mapping[str, Any] = ask(**parameters)
        except CouldNotTell:
            raise
        except Exception as error:  # noqa: BLE001  (every kind is told apart there, our own defects included)
            raise explained(error, "sts", operation, self.regions[0]) from None
        return answer

    def _made(self, session: Any, service: str, region: str) -> Any:
        from botocore import __version__ as botocore_version
        from botocore.config import Config

        endpoint = self._source.settings.get("endpoint_url") or os.environ.get("AWS_ENDPOINT_URL")
        attempts = int(self._source.settings.get("attempts") or ATTEMPTS)
        client = session.create_client(
            service,
            region_name=region,
            endpoint_url=endpoint,
            config=Config(
                retries={"mode": "adaptive", "total_max_attempts": attempts},
                connect_timeout=CONNECT_SECONDS,
                read_timeout=READ_SECONDS,
                max_pool_connections=16,
                # botocore's own is put together anew for each request, which is a tenth of what a short one costs.
                user_agent=f"trustcenter Botocore/{botocore_version}",
                parameter_validation=False,
                # An address of one's own (a stand-in, a private endpoint) has no names for accounts below it.
                inject_host_prefix=not endpoint,
                s3={"addressing_style": "path"} if endpoint else None,
            ),
        )
        client.meta.events.register("before-parse", self._seen)
        if endpoint and service == "s3control":
            client.meta.events.register_first("request-created.s3-control", _without_account)
        return client

    def _seen(self, operation_model: Any, response_dict: Mapping[str, Any], **_: Any) -> None:
        self._watch(operation_model=operation_model, response_dict=response_dict)

    def _texts(self, name: str, *, needed: bool = False) -> list[str]:
        value = self._source.settings.get(name) or []
        texts = [value] if isinstance(value, str) else list(value) if isinstance(value, list) else []
        if not all(isinstance(text, str) and text for text in texts) or (needed and not texts):
            raise CouldNotTell(
                "unsupported",
                f"source {self._source.name} does not say `{name}` as a list of texts",
                where=self._where(),
                hint=f"add `{name}` to [sources.{self._source.name}]",
            )
        return texts

    def _where(self) -> str | None:
        return str(self._source.place) if self._source.place else None


@cache
def _models() -> Any:
    """botocore's descriptions of services, read once however many sources and accounts there are."""
    from botocore.loaders import create_loader

    return create_loader()


def _without_account(request: Any, **_: Any) -> None:
    """S3 Control puts the account before the host, which an address of one's own has no name for."""
    parts = urlsplit(request.url)
    first, _, rest = parts.netloc.partition(".")
    if first.isdigit() and len(first) == 12:
        request.url = urlunsplit(parts._replace(netloc=rest))
