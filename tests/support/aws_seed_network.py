"""Good and bad resources of an account: networks, databases, and what stands at the edge."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from aws_seed_services import ACCOUNT, GOOD_PASSWORD, REGION


def network(client: Any) -> Mapping[str, str]:
    ec2 = client("ec2")
    vpc = ec2.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
    subnets = [
        ec2.create_subnet(VpcId=vpc, CidrBlock=f"10.0.{number}.0/24", AvailabilityZone=REGION + zone)["Subnet"][
            "SubnetId"
        ]
        for number, zone in enumerate("ab", 1)
    ]
    gateway = ec2.create_internet_gateway()["InternetGateway"]["InternetGatewayId"]
    ec2.attach_internet_gateway(InternetGatewayId=gateway, VpcId=vpc)
    table = ec2.create_route_table(VpcId=vpc)["RouteTable"]["RouteTableId"]
    ec2.create_route(RouteTableId=table, DestinationCidrBlock="0.0.0.0/0", GatewayId=gateway)
    ec2.associate_route_table(RouteTableId=table, SubnetId=subnets[0])
    groups = {}
    for name, ports in {
        "good-web": (443, 443),
        "bad-ssh": (20, 25),
        "bad-database": (5432, 5432),
        "bad-all": (-1, -1),
    }.items():
        groups[name] = ec2.create_security_group(GroupName=name, Description=name, VpcId=vpc)["GroupId"]
        rule = {"IpProtocol": "tcp" if ports[0] > 0 else "-1", "IpRanges": [{"CidrIp": "0.0.0.0/0"}]}
        if ports[0] > 0:
            rule |= {"FromPort": ports[0], "ToPort": ports[1]}
        ec2.authorize_security_group_ingress(GroupId=groups[name], IpPermissions=[rule])
    ec2.create_flow_logs(
        ResourceIds=[vpc], ResourceType="VPC", TrafficType="ALL",
        LogDestinationType="s3", LogDestination="arn:aws:s3:::good-logs",
    )  # fmt: skip
    good = ec2.create_volume(AvailabilityZone=REGION + "a", Size=8, Encrypted=True)["VolumeId"]
    bad = ec2.create_volume(AvailabilityZone=REGION + "a", Size=9, Encrypted=False)["VolumeId"]
    ec2.create_snapshot(VolumeId=good)
    snapshot = ec2.create_snapshot(VolumeId=bad)["SnapshotId"]
    ec2.modify_snapshot_attribute(
        SnapshotId=snapshot, Attribute="createVolumePermission", OperationType="add", GroupNames=["all"]
    )
    ec2.enable_ebs_encryption_by_default()
    return {"vpc": vpc, "a": subnets[0], "b": subnets[1], **groups}


def databases(client: Any, key: str, network: Mapping[str, str]) -> None:
    rds = client("rds")
    rds.create_db_subnet_group(
        DBSubnetGroupName="both", DBSubnetGroupDescription="both", SubnetIds=[network["a"], network["b"]]
    )
    rds.create_db_parameter_group(DBParameterGroupName="tls", DBParameterGroupFamily="postgres14", Description="tls")
    rds.modify_db_parameter_group(
        DBParameterGroupName="tls",
        Parameters=[{"ParameterName": "rds.force_ssl", "ParameterValue": "1", "ApplyMethod": "immediate"}],
    )
    for name, good in {"good-database": True, "bad-database": False}.items():
        rds.create_db_instance(
            DBInstanceIdentifier=name, Engine="postgres", EngineVersion="14.9", DBInstanceClass="db.t4g.medium",
            AllocatedStorage=50, MasterUsername="owner", MasterUserPassword=GOOD_PASSWORD, StorageEncrypted=good,
            PubliclyAccessible=not good, BackupRetentionPeriod=35 if good else 0, MultiAZ=good, DeletionProtection=good,
            AutoMinorVersionUpgrade=good, DBSubnetGroupName="both", Port=5432,
            VpcSecurityGroupIds=[network["good-web" if good else "bad-database"]],
            EnableIAMDatabaseAuthentication=good, EnableCloudwatchLogsExports=["postgresql"] if good else [],
            **({"KmsKeyId": key, "DBParameterGroupName": "tls"} if good else {}),
        )  # fmt: skip
        rds.create_db_cluster(
            DBClusterIdentifier=f"{name}-cluster", Engine="aurora-postgresql", MasterUsername="owner",
            MasterUserPassword=GOOD_PASSWORD, StorageEncrypted=good, DeletionProtection=good,
            BackupRetentionPeriod=30 if good else 1,
        )  # fmt: skip
        rds.create_db_snapshot(DBSnapshotIdentifier=f"{name}-snapshot", DBInstanceIdentifier=name)
    rds.create_db_cluster_snapshot(
        DBClusterSnapshotIdentifier="good-cluster-snapshot", DBClusterIdentifier="good-database-cluster"
    )
    rds.modify_db_snapshot_attribute(
        DBSnapshotIdentifier="bad-database-snapshot", AttributeName="restore", ValuesToAdd=["all"]
    )
    dynamodb = client("dynamodb")
    for name in ("good-table", "bad-table"):
        dynamodb.create_table(
            TableName=name, KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
            AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}], BillingMode="PAY_PER_REQUEST",
        )  # fmt: skip
    dynamodb.update_continuous_backups(
        TableName="good-table", PointInTimeRecoverySpecification={"PointInTimeRecoveryEnabled": True}
    )


def edge(client: Any, network: Mapping[str, str]) -> None:
    elb = client("elbv2")
    certificate = client("acm").request_certificate(DomainName="app.example.test", ValidationMethod="DNS")[
        "CertificateArn"
    ]
    target = elb.create_target_group(Name="app", Protocol="HTTP", Port=80, VpcId=network["vpc"], TargetType="instance")
    forward = [{"Type": "forward", "TargetGroupArn": target["TargetGroups"][0]["TargetGroupArn"]}]
    to_tls = {"Protocol": "HTTPS", "Port": "443", "StatusCode": "HTTP_301"}
    for name, good in {"good-balancer": True, "bad-balancer": False}.items():
        made = elb.create_load_balancer(
            Name=name,
            Subnets=[network["a"], network["b"]],
            SecurityGroups=[network["good-web"]],
            Scheme="internet-facing",
        )
        arn = made["LoadBalancers"][0]["LoadBalancerArn"]
        policy = "ELBSecurityPolicy-TLS13-1-2-2021-06" if good else "ELBSecurityPolicy-2016-08"
        elb.create_listener(
            LoadBalancerArn=arn, Protocol="HTTPS", Port=443, SslPolicy=policy,
            Certificates=[{"CertificateArn": certificate}], DefaultActions=forward,
        )  # fmt: skip
        plain = [{"Type": "redirect", "RedirectConfig": to_tls}] if good else forward
        elb.create_listener(LoadBalancerArn=arn, Protocol="HTTP", Port=80, DefaultActions=plain)
        if good:
            elb.modify_load_balancer_attributes(
                LoadBalancerArn=arn,
                Attributes=[
                    {"Key": "access_logs.s3.enabled", "Value": "true"},
                    {"Key": "access_logs.s3.bucket", "Value": "good-logs"},
                    {"Key": "deletion_protection.enabled", "Value": "true"},
                    {"Key": "routing.http.drop_invalid_header_fields.enabled", "Value": "true"},
                ],
            )
    cloudfront = client("cloudfront")
    for name, good in {"good-distribution": True, "bad-distribution": False}.items():
        cloudfront.create_distribution(DistributionConfig=_distribution(name, certificate, good))
    waf = client("wafv2")
    visible = {"SampledRequestsEnabled": True, "CloudWatchMetricsEnabled": True, "MetricName": "m"}
    rule = {
        "Name": "rate", "Priority": 1, "Action": {"Block": {}}, "VisibilityConfig": visible,
        "Statement": {"RateBasedStatement": {"Limit": 1000, "AggregateKeyType": "IP"}},
    }  # fmt: skip
    for name, rules in {"good-firewall": [rule], "bad-firewall": []}.items():
        made = waf.create_web_acl(
            Name=name, Scope="REGIONAL", DefaultAction={"Allow": {}}, Rules=rules, VisibilityConfig=visible
        )
        if rules:
            group = f"arn:aws:logs:{REGION}:{ACCOUNT}:log-group:aws-waf-logs-edge"
            waf.put_logging_configuration(
                LoggingConfiguration={"ResourceArn": made["Summary"]["ARN"], "LogDestinationConfigs": [group]}
            )


def _distribution(name: str, certificate: str, good: bool) -> dict[str, Any]:
    plain = "redirect-to-https" if good else "allow-all"
    behaviour = {"TargetOriginId": "o", "ViewerProtocolPolicy": plain, "MinTTL": 0,
                 "ForwardedValues": {"QueryString": False, "Cookies": {"Forward": "none"}}}  # fmt: skip
    policy = "https-only" if good else "http-only"
    origin = {"Id": "o", "DomainName": "o.example.test",
              "CustomOriginConfig": {"HTTPPort": 80, "HTTPSPort": 443, "OriginProtocolPolicy": policy}}  # fmt: skip
    own = {"ACMCertificateArn": certificate, "SSLSupportMethod": "sni-only", "MinimumProtocolVersion": "TLSv1.2_2021"}
    weak = own | {"MinimumProtocolVersion": "TLSv1"}
    return {
        "CallerReference": name, "Comment": name, "Enabled": True, "DefaultCacheBehavior": behaviour,
        "Origins": {"Quantity": 1, "Items": [origin]}, "ViewerCertificate": own if good else weak,
        "Logging": {"Enabled": good, "IncludeCookies": False, "Bucket": "l.s3.amazonaws.com", "Prefix": ""},
        "WebACLId": "arn:aws:wafv2:us-east-1:123456789012:global/webacl/edge/1" if good else "",
    }  # fmt: skip
