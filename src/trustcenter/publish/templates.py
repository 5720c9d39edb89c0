"""Templates and assets: the instance's own first, then those shipped with the tool; rendered in a closed sandbox."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from types import CodeType, FunctionType
from typing import Any

from jinja2 import BytecodeCache, FileSystemLoader, StrictUndefined
from jinja2.bccache import Bucket
from jinja2.runtime import Macro
from jinja2.sandbox import ImmutableSandboxedEnvironment
from markupsafe import Markup

from trustcenter.errors import ConfigurationError

_HERE = Path(__file__).resolve().parent
_PACKAGE = _HERE.parent
_CHECKOUT = _HERE.parents[2]


def folders(instance: Path | None, part: str) -> list[Path]:
    """Where templates of one part (`site`, `pack`, `auditor`) lie: instance, wheel, checkout; those that exist."""
    candidates = [instance / "templates" / part] if instance is not None else []
    candidates += [_PACKAGE / "templates" / part, _CHECKOUT / "templates" / part]
    found = [folder for folder in dict.fromkeys(candidates) if folder.is_dir()]
    if not found:
        raise ConfigurationError(f"there are no templates for `{part}`", hint="the installation is incomplete")
    return found


def asset(instance: Path | None, name: str) -> Path:
    """A style, script, font or picture by its name under `site/assets`; the instance's own first."""
    candidates = [instance / "site" / "assets" / name] if instance is not None else []
    candidates += [_PACKAGE / "templates" / "site" / "assets" / name, _CHECKOUT / "site" / "assets" / name]
    for candidate in candidates:
        if candidate.is_file():
            return candidate
    raise ConfigurationError(f"there is no asset `{name}`", where="site/assets", hint="the installation is incomplete")


def shipped_configuration() -> Path:
    """The mkdocs configuration that an instance without its own gets."""
    for candidate in (_PACKAGE / "templates" / "site" / "mkdocs.yml", _CHECKOUT / "mkdocs.yml"):
        if candidate.is_file():
            return candidate
    raise ConfigurationError("there is no mkdocs.yml", hint="the installation is incomplete")


class _Compiled(BytecodeCache):
    """What this process compiled already: a second page of the same templates is only rendered.

    A template's file belongs to one part, and a part to one way of escaping, so its code fits each of its sandboxes.
    """

    def __init__(self) -> None:
        self._known: dict[str, tuple[str, CodeType]] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        checksum, code = self._known.get(bucket.key, ("", None))
        if checksum == bucket.checksum:
            bucket.code = code

    def dump_bytecode(self, bucket: Bucket) -> None:
        if bucket.code is not None:
            self._known[bucket.key] = (bucket.checksum, bucket.code)


_COMPILED = _Compiled()


_OURS = (FunctionType, Macro)


class _Sandbox(ImmutableSandboxedEnvironment):
    """The closed sandbox, with a short way for the values that pages are made of."""

    def getattr(self, obj: Any, attribute: str) -> Any:
        """As Jinja does, without the questions whose answer is known for a value of ours."""
        if hasattr(type(obj), "__dataclass_fields__") and not attribute.startswith("_"):
            try:
                return getattr(obj, attribute)
            except AttributeError:
                pass  # Jinja says it in its own words
        return super().getattr(obj, attribute)

    def call(self, context: Any, obj: Any, /, *args: Any, **kwargs: Any) -> Any:
        """As Jinja does. A function comes from our globals alone, and a macro from a template: neither is a format."""
        if type(obj) in _OURS:
            return context.call(obj, *args, **kwargs)
        return super().call(context, obj, *args, **kwargs)

    def is_safe_attribute(self, obj: Any, attr: str, value: Any) -> bool:
        """As Jinja decides. A dataclass's instance is no function, type or mutable collection, so the name decides."""
        if hasattr(type(obj), "__dataclass_fields__"):
            return not attr.startswith("_")
        return super().is_safe_attribute(obj, attr, value)


def environment(instance: Path | None, part: str, escape: Callable[[Any], str]) -> ImmutableSandboxedEnvironment:
    """A sandbox in which every printed value passes `escape`, whatever it is, unless our own code made it Markup.

    An undefined name is an error, and no template can mark a value as safe by itself.
    """

    known: dict[str, Markup] = {}  # a page repeats its texts: owners, dates, names of tests

    def finalize(value: Any) -> Any:
        kind = type(value)
        if kind is Markup:
            return value
        if kind is str:
            made = known.get(value)
            if made is None:
                made = known[value] = Markup(escape(value))  # noqa: S704  made inert by `escape`
            return made
        if isinstance(value, Markup):
            return value
        return Markup(escape("" if value is None else value))  # noqa: S704  made inert by `escape`

    made = _Sandbox(
        loader=FileSystemLoader([str(folder) for folder in folders(instance, part)]),
        bytecode_cache=_COMPILED,
        undefined=StrictUndefined,
        autoescape=True,
        finalize=finalize,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        auto_reload=False,
    )
    for name in ("safe", "forceescape", "escape", "e", "tojson", "xmlattr", "urlize", "pprint"):
        made.filters.pop(name, None)
    return made
