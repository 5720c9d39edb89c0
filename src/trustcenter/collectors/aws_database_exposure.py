"""Whether the internet reaches a database of RDS: address, routes and security groups together."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Any

from trustcenter.collectors._aws import Located, Whole, listed, population
from trustcenter.collectors.aws_security_groups import EVERYWHERE, open_ranges, reaches
from trustcenter.collectors.interface import Run, collector
from trustcenter.model.fact import Key
from trustcenter.model.population import CouldNotTell, Population
from trustcenter.sources.interface import Aws, AwsPlace

CALLS = ("rds:DescribeDBInstances", "ec2:DescribeSecurityGroups", "ec2:DescribeRouteTables")


@dataclass(frozen=True, slots=True)
class DatabaseExposure(Located):
    """One database instance as the network has it."""

    instance: Annotated[str, Key]
    port: int | None
    public_address: bool
    route_to_internet: bool
    """One of its subnets routes through an internet gateway."""
    open_to_everyone: bool
    """One of its security groups lets every address reach its port."""

    @property
    def reachable(self) -> bool:
        """All three: the internet reaches it."""
        return self.public_address and self.route_to_internet and self.open_to_everyone


@collector(method="inspection", kinds=("aws",), calls=CALLS)
def aws_database_exposure(aws: Aws, run: Run) -> Population[DatabaseExposure]:
    """Every database instance with the three things that together expose it."""

    def read() -> Whole[DatabaseExposure]:
        places = aws.places()
        groups = {
            (place, item["GroupId"]): item
            for place, item in listed(aws, places, "ec2", "DescribeSecurityGroups", "SecurityGroups")
        }
        tables: dict[AwsPlace, list[Mapping[str, Any]]] = {}
        for place, item in listed(aws, places, "ec2", "DescribeRouteTables", "RouteTables"):
            tables.setdefault(place, []).append(item)
        return Whole([
            _fact(place, item, groups, tables.get(place, ()))
            for place, item in listed(aws, places, "rds", "DescribeDBInstances", "DBInstances")
        ])  # fmt: skip

    return population(aws, run, read, CALLS)


def _fact(
    place: AwsPlace,
    item: Mapping[str, Any],
    groups: Mapping[tuple[AwsPlace, str], Any],
    tables: Sequence[Mapping[str, Any]],
) -> DatabaseExposure:
    name = item["DBInstanceIdentifier"]
    port = item.get("Endpoint", {}).get("Port") or item.get("DbInstancePort") or None
    wide = False
    for attached in item.get("VpcSecurityGroups", ()):
        group = groups.get((place, attached["VpcSecurityGroupId"]))
        if group is None:
            raise CouldNotTell(
                "contradicted", "a database's security group is not among those listed", hint="collect again"
            )
        ranges = open_ranges(group["IpPermissions"], EVERYWHERE)
        wide = wide or (reaches(ranges, (port,)) if port is not None else bool(ranges))
    placed = item.get("DBSubnetGroup") or {}
    subnets = [subnet["SubnetIdentifier"] for subnet in placed.get("Subnets", ())]
    return DatabaseExposure(
        account=place.account,
        region=place.region,
        instance=name,
        port=port,
        public_address=item["PubliclyAccessible"],
        route_to_internet=any(_outward(_table(subnet, placed.get("VpcId"), tables)) for subnet in subnets),
        open_to_everyone=wide,
    )


def _table(subnet: str, network: str | None, tables: Sequence[Mapping[str, Any]]) -> Mapping[str, Any] | None:
    """The subnet's own route table, else the main one of its network."""
    main = None
    for table in tables:
        for association in table.get("Associations", ()):
            if association.get("SubnetId") == subnet:
                return table
            if association.get("Main") and table.get("VpcId") == network:
                main = table
    return main


def _outward(table: Mapping[str, Any] | None) -> bool:
    return table is not None and any(
        str(route.get("GatewayId", "")).startswith("igw-") and route.get("State", "active") == "active"
        for route in table.get("Routes", ())
    )
