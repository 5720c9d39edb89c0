"""Names of places and the areas they lie in (rules/places.yaml)."""

from __future__ import annotations

import re
from functools import cache, lru_cache

from trustcenter.publish.lint.rule_files import data


@cache
def _patterns() -> dict[str, re.Pattern[str]]:
    # A copied table has no blanks between its cells: `deliveryUSView`. A capital name may touch what precedes it.
    return {
        area: re.compile(rf"(?<![A-Z])(?<!\$)(?:{'|'.join(sorted(names, key=len, reverse=True))})(?![a-z])(?!\$)")
        for area, names in data("places")["areas"].items()
    }


@lru_cache(maxsize=8192)
def areas(text: str) -> frozenset[str]:
    """The areas that a text names."""
    return frozenset(area for area, pattern in _patterns().items() if pattern.search(text))


def places(text: str) -> frozenset[str]:
    """The names of places in a text, with their area: `EU Frankfurt`."""
    return frozenset(f"{area} {found[0]}" for area, pattern in _patterns().items() for found in pattern.finditer(text))


@cache
def _countries() -> dict[str, re.Pattern[str]]:
    return {
        country: re.compile(rf"(?<![A-Za-z])(?:{'|'.join([country, *names])})(?![a-z])")
        for country, names in data("places")["countries"].items()
    }


def countries(text: str) -> frozenset[str]:
    """The countries that a text names, by themselves or by a place in them, where an area has several."""
    return frozenset(country for country, pattern in _countries().items() if pattern.search(text))


@cache
def _lands() -> re.Pattern[str]:
    """Names of whole areas and countries, no cities."""
    known = data("places")
    names = [name for names in known["wide"].values() for name in names]
    names += [*known["countries"], *(own[0] for own in known["areas"].values()), "UK", "UAE"]
    return re.compile(rf"\b(?:{'|'.join(re.escape(name) for name in names)})\b(?! (?:South|West|North|East|Central)\b)")


def first_place(text: str) -> int:
    """Where the first place that a text names begins; its end where it names none."""
    found = (match for pattern in _patterns().values() if (match := pattern.search(text)))
    return min((match.start() for match in found), default=len(text))


def names_a_land(text: str) -> bool:
    """Whether a text names a whole area or country, which leaves out all others; a city is one site of several."""
    return bool(_lands().search(text.replace("\\.", ".")))


def mislabelled(text: str) -> tuple[str, str] | None:
    """An area and a place set below it that lies elsewhere: `US (Oregon / Frankfurt)`."""
    for area, names in data("places")["wide"].items():
        written = "|".join(re.escape(name) for name in names)
        for found in re.finditer(rf"(?<![A-Z])(?:{written})(?: regions?)?\s*[(—–:-]+\s*([^()]*)\)?", text):
            inside = re.split(r"\)|\.|;", found[1])[0]
            wrong = [place for place in places(inside) if not place.startswith(area)]
            named = [name.split(" ", 1)[1] for name in wrong]
            known = {name for values in data("places")["wide"].values() for name in values}
            wrong = [name for name in named if name not in known]
            if wrong and any(place.startswith(area) for place in places(inside)):
                return area, sorted(wrong)[0]
        for found in re.finditer(rf"(?P<place>[A-Z][\w.]+(?: [A-Z][\w.]+)?) ?\((?:{written})\)", text):
            # `San Francisco (EU)`: the place first.
            before = areas(found["place"])
            if before and area not in before:
                return area, found["place"]
    return None
