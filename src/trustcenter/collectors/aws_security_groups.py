"""Security groups: what they let in from everywhere."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Annotated, Any

from trustcenter.collectors._aws import Located, Whole, listed, population
from trustcenter.collectors.interface import Run, collector
from trustcenter.model.fact import Key
from trustcenter.model.population import CouldNotTell, Population
from trustcenter.sources.interface import Aws

CALLS = ("ec2:DescribeSecurityGroups", "ec2:DescribeVpcs")
ADMINISTRATION = (22, 3389)
DATABASES = (1433, 1521, 3306, 5432, 6379, 9042, 9200, 9300, 11211, 27017, 27018)
EVERYWHERE = ("0.0.0.0/0", "::/0")


@dataclass(frozen=True, slots=True)
class SecurityGroup(Located):
    """One security group."""

    group: Annotated[str, Key]
    network: str | None
    default: bool
    rules_in: int
    rules_out: int
    open_to_everyone: tuple[str, ...]
    """Port ranges that every address of the internet may reach: `443`, `8000-8100`, `all`."""
    every_port_open: bool
    administration_open: bool
    """SSH or RDP from everywhere."""
    databases_open: bool
    """A usual port of a database, cache or search engine from everywhere."""


@collector(method="inspection", kinds=("aws",), calls=CALLS)
def aws_security_groups(aws: Aws, run: Run) -> Population[SecurityGroup]:
    """Every security group of every network in every region; each network must show its default group."""

    def read() -> Whole[SecurityGroup]:
        places = aws.places()
        items = listed(aws, places, "ec2", "DescribeSecurityGroups", "SecurityGroups")
        networks = {item["VpcId"] for _, item in listed(aws, places, "ec2", "DescribeVpcs", "Vpcs")}
        seen = {item.get("VpcId") for _, item in items if item["GroupName"] == "default"}
        if not networks <= seen:
            raise CouldNotTell(
                "incomplete", f"{len(networks - seen)} networks show no default security group; each has one",
                hint="let the role see all security groups, and collect again",
            )  # fmt: skip
        facts = []
        for place, item in items:
            ranges = open_ranges(item["IpPermissions"], EVERYWHERE)
            facts.append(
                SecurityGroup(
                    account=place.account,
                    region=place.region,
                    group=item["GroupId"],
                    network=item.get("VpcId"),
                    default=item["GroupName"] == "default",
                    rules_in=len(item["IpPermissions"]),
                    rules_out=len(item.get("IpPermissionsEgress", ())),
                    open_to_everyone=tuple(sorted({_words(first, last) for first, last in ranges})),
                    every_port_open=(0, 65535) in ranges,
                    administration_open=reaches(ranges, ADMINISTRATION),
                    databases_open=reaches(ranges, DATABASES),
                )
            )
        return Whole(facts)

    return population(aws, run, read, CALLS)


def open_ranges(permissions: Iterable[Mapping[str, Any]], sources: Iterable[str]) -> set[tuple[int, int]]:
    """The TCP and UDP port ranges that these rules open to one of the sources (address ranges)."""
    wanted, found = set(sources), set()
    for rule in permissions:
        ranges = {one.get("CidrIp") for one in rule.get("IpRanges", ())}
        ranges |= {one.get("CidrIpv6") for one in rule.get("Ipv6Ranges", ())}
        if not ranges & wanted:
            continue
        if rule["IpProtocol"] == "-1":
            found.add((0, 65535))
        elif rule["IpProtocol"] in ("tcp", "udp", "6", "17"):
            first, last = rule.get("FromPort", 0), rule.get("ToPort", 65535)
            found.add((0, 65535) if first in (-1, 0) and last in (-1, 65535) else (first, last))
    return found


def reaches(ranges: Iterable[tuple[int, int]], ports: Iterable[int]) -> bool:
    """Whether one of the ports lies in one of the ranges."""
    return any(first <= port <= last for first, last in ranges for port in ports)


def _words(first: int, last: int) -> str:
    return "all" if (first, last) == (0, 65535) else str(first) if first == last else f"{first}-{last}"
