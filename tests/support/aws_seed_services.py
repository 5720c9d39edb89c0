"""Good and bad resources of an account: keys, identities, buckets, logs, queues, secrets and functions."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

REGION = "eu-west-1"
ACCOUNT = "123456789012"
GOOD_PASSWORD = "-".join(("correct", "horse", "Battery", "9"))


def keys(client: Any) -> str:
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


def identities(client: Any) -> None:
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
        iam.create_login_profile(UserName=name, Password=GOOD_PASSWORD)
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


def buckets(client: Any, key: str) -> None:
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


def logs(client: Any, key: str) -> None:
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


def rest(client: Any, key: str) -> None:
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
