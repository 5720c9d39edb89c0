"""AWS's side of the wire for tests, by botocore's own service models: what was asked, and answers in the right form."""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit
from xml.etree.ElementTree import Element, SubElement, tostring

import botocore.session
from botocore.model import OperationModel, Shape
from botocore.validate import ParamValidator

_NAMES = {"elasticloadbalancing": "elbv2", "monitoring": "cloudwatch", "access-analyzer": "accessanalyzer"}
_SCOPE = re.compile(r"Credential=[^/]+/\d+/(?P<region>[\w-]+)/(?P<service>[\w-]+)/aws4_request")


@dataclass(frozen=True)
class Asked:
    """One request as AWS would read it."""

    service: str
    operation: str
    region: str
    parameters: Mapping[str, Any]

    @property
    def name(self) -> str:
        return f"{self.service}:{self.operation}"


class NotOfTheModel(AssertionError):
    """A request or an answer that the service's model does not allow."""


@cache
def _session() -> Any:
    return botocore.session.Session()


@cache
def service(name: str) -> Any:
    return _session().get_service_model(name)


def model(name: str) -> OperationModel:
    """The model of one call, `service:Operation`."""
    of, _, operation = name.partition(":")
    return service(of).operation_model(operation)


def read(method: str, target: str, headers: Mapping[str, str], body: bytes) -> Asked:
    """Which call a request is. Parameters are filled in for calls with JSON or REST alone."""
    lower = {key.lower(): value for key, value in headers.items()}
    scope = _SCOPE.search(lower.get("authorization", ""))
    if scope is None:
        raise NotOfTheModel("the request is not signed")
    of = _NAMES.get(scope["service"], scope["service"])
    parts = urlsplit(target)
    query = dict(parse_qsl(parts.query, keep_blank_values=True))
    if of == "s3" and parts.path.startswith("/v20180820/"):
        of = "s3control"
    if "x-amz-target" in lower:
        return Asked(of, lower["x-amz-target"].rpartition(".")[2], scope["region"], json.loads(body or b"{}"))
    form = dict(parse_qsl(body.decode("latin-1"))) if b"Action=" in body else query
    if "Action" in form:
        return Asked(of, form["Action"], scope["region"], form)
    cbor = re.search(r"/operation/(\w+)$", parts.path)
    if cbor:
        return Asked(of, cbor[1], scope["region"], {})
    return _by_route(of, scope["region"], method, parts.path, query, lower, body)


@cache
def _routes(of: str) -> list[tuple[str, re.Pattern[str], frozenset[str], str, list[str]]]:
    found = []
    for name in service(of).operation_names:
        http = service(of).operation_model(name).http
        path, _, query = http["requestUri"].partition("?")
        names = re.findall(r"\{(\w+)\+?\}", path)
        pattern = re.sub(r"\\\{\w+\\\+\\\}", "(.+)", re.escape(path))
        pattern = re.sub(r"\\\{\w+\\\}", "([^/]+)", pattern)
        fixed = frozenset(part.partition("=")[0] for part in query.split("&") if part)
        found.append((http["method"], re.compile(f"{pattern.rstrip('/')}/?$"), fixed, name, names))
    return sorted(found, key=lambda route: (-len(route[2]), len(route[4])))


def _by_route(
    of: str, region: str, method: str, path: str, query: Mapping[str, str], headers: Mapping[str, str], body: bytes
) -> Asked:
    fits = []
    for verb, pattern, fixed, name, names in _routes(of):
        found = pattern.match(path)
        if verb == method and found and fixed <= query.keys():
            fits.append((name, dict(zip(names, map(unquote, found.groups()), strict=True))))
    if of == "s3" and fits and "list-type" in query:
        fits = [one for one in fits if one[0] == "ListObjectsV2"]
    if not fits:
        raise NotOfTheModel(f"{of} has no operation for {method} {path}")
    name, in_path = fits[0]
    shape = model(f"{of}:{name}").input_shape
    parameters: dict[str, Any] = {}
    content = json.loads(body) if body[:1] == b"{" else {}
    for member, said in (shape.members if shape else {}).items():
        where, wire = said.serialization.get("location"), said.serialization.get("name", member)
        if where == "uri" and wire in in_path:
            parameters[member] = _typed(said, in_path[wire])
        elif where == "querystring" and wire in query:
            parameters[member] = _typed(said, query[wire])
        elif where == "header" and wire.lower() in headers:
            parameters[member] = _typed(said, headers[wire.lower()])
        elif where is None and wire in content:
            parameters[member] = content[wire]
    return Asked(of, name, region, parameters)


def _typed(shape: Shape, text: str) -> Any:
    return int(text) if shape.type_name in ("integer", "long") else text


def validate(name: str, value: Mapping[str, Any], *, answer: bool) -> None:
    """Check a request or an answer against the model. Raises NotOfTheModel."""
    shape = model(name).output_shape if answer else model(name).input_shape
    if shape is None:
        return
    report = ParamValidator().validate(dict(value), shape)
    if report.has_errors():
        raise NotOfTheModel(f"{name}: {report.generate_report()}")
    unknown = set(value) - set(shape.members)
    if unknown:
        raise NotOfTheModel(f"{name} has no {', '.join(sorted(unknown))}")


def encode(name: str, value: Mapping[str, Any]) -> bytes:
    """An answer as its service writes it: JSON, or the XML of the query protocol."""
    validate(name, value, answer=True)
    shape = model(name).output_shape
    of, _, operation = name.partition(":")
    if service(of).resolved_protocol == "query":
        assert shape is not None
        root = Element(f"{operation}Response")
        _hang(SubElement(root, shape.serialization["resultWrapper"]), shape, value)
        return tostring(root)
    return json.dumps(_written(shape, value) if shape is not None else {}).encode()


def _written(shape: Any, value: Any) -> Any:
    match shape.type_name:
        case "structure":
            return {
                shape.members[key].serialization.get("name", key): _written(shape.members[key], one)
                for key, one in value.items()
            }
        case "list":
            return [_written(shape.member, one) for one in value]
        case "map":
            return {key: _written(shape.value, one) for key, one in value.items()}
        case "timestamp":
            assert isinstance(value, datetime)
            iso = shape.serialization.get("timestampFormat") == "iso8601"
            return value.isoformat() if iso else value.timestamp()
        case "blob":
            return base64.b64encode(value).decode()
    return value


def _hang(parent: Element, shape: Any, value: Any) -> None:
    """Write a value below an element, as the query protocol does."""
    match shape.type_name:
        case "structure":
            for key, one in value.items():
                member = shape.members[key]
                _hang(SubElement(parent, member.serialization.get("name", key)), member, one)
        case "list":
            for one in value:
                _hang(SubElement(parent, shape.member.serialization.get("name", "member")), shape.member, one)
        case "timestamp":
            parent.text = value.isoformat()
        case "boolean":
            parent.text = str(value).lower()
        case "integer" | "string":
            parent.text = str(value)
        case other:
            raise NotOfTheModel(f"no {other} is written yet")
