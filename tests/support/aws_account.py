"""An AWS account on this machine: moto's server as a process of its own, seeded with good and bad resources."""

from __future__ import annotations

import contextlib
import json
import os
import socket
import subprocess
import time
import urllib.request
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import boto3
from botocore.config import Config

REGION = "eu-west-1"
ACCOUNT = "123456789012"
_GOOD_PASSWORD = "-".join(("correct", "horse", "Battery", "9"))


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
    key = _keys(client)
    _identities(client)
    _buckets(client, key)
    network = _network(client)
    _databases(client, key, network)
    _edge(client, network)
    _logs(client, key)
    _rest(client, key)


def _keys(client: Any) -> str:
    kms = client("kms")
    good = kms.create_key(Description="good")["KeyMetadata"]["KeyId"]
    kms.enable_key_rotation(KeyId=good)
    kms.create_key(Description="bad")
    return str(good)


def _policy(action: Any, resource: Any = "*", **more: Any) -> str:
    statement = {"Effect": "Allow", "Action": action, "Resource": resource, **more}
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


def _trust(principal: Mapping[str, str]) -> str:
    statement = {"Effect": "Allow", "Principal": principal, "Action": "sts:AssumeRole"}
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


def _identities(client: Any) -> None:
    iam = client("iam")
    iam.update_account_password_policy(
        MinimumPasswordLength=14, RequireSymbols=True, RequireNumbers=True, RequireUppercaseCharacters=True,
        RequireLowercaseCharacters=True, PasswordReusePrevention=24,
    )  # fmt: skip
    everything = iam.create_policy(PolicyName="bad-everything", PolicyDocument=_policy("*"))["Policy"]["Arn"]
    iam.create_policy(PolicyName="good-narrow", PolicyDocument=_policy("s3:GetObject", "arn:aws:s3:::good-data/*"))
    iam.create_policy(PolicyName="bad-service", PolicyDocument=_policy(["kms:*", "iam:PassRole"]))
    iam.create_group(GroupName="people")
    for name in ("good-user", "bad-user", "machine"):
        iam.create_user(UserName=name)
    for name in ("good-user", "bad-user"):
        iam.create_login_profile(UserName=name, Password=_GOOD_PASSWORD)
    device = iam.create_virtual_mfa_device(VirtualMFADeviceName="good-user")["VirtualMFADevice"]["SerialNumber"]
    iam.enable_mfa_device(
        UserName="good-user", SerialNumber=device, AuthenticationCode1="123456", AuthenticationCode2="654321"
    )
    iam.add_user_to_group(GroupName="people", UserName="good-user")
    iam.attach_user_policy(UserName="bad-user", PolicyArn=everything)
    iam.create_access_key(UserName="machine")
    iam.create_role(RoleName="good-role", AssumeRolePolicyDocument=_trust({"Service": "ec2.amazonaws.com"}))
    iam.create_role(RoleName="bad-role", AssumeRolePolicyDocument=_trust({"AWS": "*"}))
    iam.create_role(
        RoleName="other-account", AssumeRolePolicyDocument=_trust({"AWS": "arn:aws:iam::210987654321:root"})
    )
    iam.put_role_policy(RoleName="bad-role", PolicyName="inline", PolicyDocument=_policy("*"))


def _buckets(client: Any, key: str) -> None:
    s3 = client("s3")
    where = {"LocationConstraint": REGION}
    blocked = {
        "BlockPublicAcls": True,
        "IgnorePublicAcls": True,
        "BlockPublicPolicy": True,
        "RestrictPublicBuckets": True,
    }
    s3.create_bucket(Bucket="good-data", CreateBucketConfiguration=where, ObjectLockEnabledForBucket=True)
    s3.put_bucket_encryption(
        Bucket="good-data",
        ServerSideEncryptionConfiguration={
            "Rules": [{"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "aws:kms", "KMSMasterKeyID": key}}]
        },
    )
    s3.put_public_access_block(Bucket="good-data", PublicAccessBlockConfiguration=blocked)
    s3.put_bucket_versioning(Bucket="good-data", VersioningConfiguration={"Status": "Enabled"})
    s3.put_object_lock_configuration(
        Bucket="good-data",
        ObjectLockConfiguration={
            "ObjectLockEnabled": "Enabled", "Rule": {"DefaultRetention": {"Mode": "COMPLIANCE", "Days": 365}}
        },
    )  # fmt: skip
    refuse = {
        "Effect": "Deny", "Principal": "*", "Action": "s3:*",
        "Resource": ["arn:aws:s3:::good-data", "arn:aws:s3:::good-data/*"],
        "Condition": {"Bool": {"aws:SecureTransport": "false"}},
    }  # fmt: skip
    s3.put_bucket_policy(Bucket="good-data", Policy=json.dumps({"Version": "2012-10-17", "Statement": [refuse]}))
    s3.create_bucket(Bucket="good-logs", CreateBucketConfiguration=where)
    s3.put_public_access_block(Bucket="good-logs", PublicAccessBlockConfiguration=blocked)
    s3.put_bucket_acl(Bucket="good-logs", ACL="log-delivery-write")
    s3.put_bucket_logging(
        Bucket="good-data", BucketLoggingStatus={"LoggingEnabled": {"TargetBucket": "good-logs", "TargetPrefix": "x/"}}
    )
    s3.create_bucket(Bucket="bad-public", CreateBucketConfiguration=where)
    s3.put_bucket_acl(Bucket="bad-public", ACL="public-read")


def _network(client: Any) -> Mapping[str, str]:
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


def _databases(client: Any, key: str, network: Mapping[str, str]) -> None:
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
            AllocatedStorage=50, MasterUsername="owner", MasterUserPassword=_GOOD_PASSWORD, StorageEncrypted=good,
            PubliclyAccessible=not good, BackupRetentionPeriod=35 if good else 0, MultiAZ=good, DeletionProtection=good,
            AutoMinorVersionUpgrade=good, DBSubnetGroupName="both", Port=5432,
            VpcSecurityGroupIds=[network["good-web" if good else "bad-database"]],
            EnableIAMDatabaseAuthentication=good, EnableCloudwatchLogsExports=["postgresql"] if good else [],
            **({"KmsKeyId": key, "DBParameterGroupName": "tls"} if good else {}),
        )  # fmt: skip
        rds.create_db_cluster(
            DBClusterIdentifier=f"{name}-cluster", Engine="aurora-postgresql", MasterUsername="owner",
            MasterUserPassword=_GOOD_PASSWORD, StorageEncrypted=good, DeletionProtection=good,
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


def _edge(client: Any, network: Mapping[str, str]) -> None:
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


def _logs(client: Any, key: str) -> None:
    s3, trail = client("s3"), client("cloudtrail")
    allow = {"Effect": "Allow", "Principal": {"Service": "cloudtrail.amazonaws.com"}, "Action": "s3:*", "Resource": "*"}
    s3.put_bucket_policy(Bucket="good-logs", Policy=json.dumps({"Version": "2012-10-17", "Statement": [allow]}))
    trail.create_trail(
        Name="good-trail", S3BucketName="good-logs", IsMultiRegionTrail=True, EnableLogFileValidation=True,
        IncludeGlobalServiceEvents=True, KmsKeyId=key,
    )  # fmt: skip
    trail.start_logging(Name="good-trail")
    trail.put_event_selectors(
        TrailName="good-trail", EventSelectors=[{"ReadWriteType": "All", "IncludeManagementEvents": True}]
    )
    trail.create_trail(Name="bad-trail", S3BucketName="good-logs", IncludeGlobalServiceEvents=False)
    logs = client("logs")
    logs.create_log_group(logGroupName="/good/app")
    logs.put_retention_policy(logGroupName="/good/app", retentionInDays=365)
    logs.create_log_group(logGroupName="/bad/forever")
    logs.put_metric_filter(
        logGroupName="/good/app", filterName="root", filterPattern='{ $.userIdentity.type = "Root" }',
        metricTransformations=[{"metricName": "root", "metricNamespace": "security", "metricValue": "1"}],
    )  # fmt: skip
    alarm = client("cloudwatch")
    for name, actions in {"good-alarm": [f"arn:aws:sns:{REGION}:{ACCOUNT}:good-topic"], "bad-alarm": []}.items():
        alarm.put_metric_alarm(
            AlarmName=name, MetricName="root", Namespace="security", Period=60, EvaluationPeriods=1, Threshold=1,
            ComparisonOperator="GreaterThanOrEqualToThreshold", Statistic="Sum", AlarmActions=actions,
        )  # fmt: skip
    config = client("config")
    config.put_configuration_recorder(
        ConfigurationRecorder={
            "name": "default", "roleARN": f"arn:aws:iam::{ACCOUNT}:role/good-role",
            "recordingGroup": {"allSupported": True, "includeGlobalResourceTypes": True},
        }
    )  # fmt: skip
    config.put_delivery_channel(DeliveryChannel={"name": "default", "s3BucketName": "good-logs"})
    config.start_configuration_recorder(ConfigurationRecorderName="default")
    client("guardduty").create_detector(Enable=True)
    client("securityhub").enable_security_hub()


def _rest(client: Any, key: str) -> None:
    sqs, sns, ecr, secrets = client("sqs"), client("sns"), client("ecr"), client("secretsmanager")
    sqs.create_queue(QueueName="good-queue", Attributes={"KmsMasterKeyId": key})
    everybody = {"Effect": "Allow", "Principal": "*", "Action": "sqs:*", "Resource": "*"}
    sqs.create_queue(
        QueueName="bad-queue",
        Attributes={
            "SqsManagedSseEnabled": "false",
            "Policy": json.dumps({"Version": "2012-10-17", "Statement": [everybody]}),
        },
    )
    sns.create_topic(Name="good-topic", Attributes={"KmsMasterKeyId": key})
    sns.create_topic(Name="bad-topic")
    ecr.create_repository(
        repositoryName="good-repository",
        imageScanningConfiguration={"scanOnPush": True},
        imageTagMutability="IMMUTABLE",
    )
    ecr.create_repository(repositoryName="bad-repository")
    secrets.create_secret(Name="good-secret", SecretString="x")
    secrets.rotate_secret(SecretId="good-secret", RotationRules={"AutomaticallyAfterDays": 30})
    secrets.create_secret(Name="bad-secret", SecretString="x")
    client("account").put_alternate_contact(
        AlternateContactType="SECURITY", EmailAddress="s@example.test", Name="s", PhoneNumber="1", Title="t"
    )
    role = f"arn:aws:iam::{ACCOUNT}:role/good-role"
    functions = client("lambda")
    for name, runtime in {"good-function": "python3.13", "bad-function": "python3.7"}.items():
        functions.create_function(
            FunctionName=name, Runtime=runtime, Role=role, Handler="a.b", Code={"ZipFile": _empty_zip()}
        )
    functions.add_permission(
        FunctionName="bad-function", StatementId="all", Action="lambda:InvokeFunction", Principal="*"
    )
    functions.create_function_url_config(FunctionName="bad-function", AuthType="NONE")


def _empty_zip() -> bytes:
    import io
    import zipfile

    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        archive.writestr("a.py", "def b(event, context):\n    return 1\n")
    return content.getvalue()
