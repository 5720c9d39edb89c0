"""What Prowler and we both look at: each of its checks as a test of one of our collectors, and known differences."""

from __future__ import annotations

from typing import Any, NamedTuple


class Same(NamedTuple):
    """One check of Prowler's, and the same question in our words. `name` is the field that names the resource."""

    check: str
    collector: str
    expect: dict[str, Any]
    name: str = ""
    where: dict[str, Any] = {}  # noqa: RUF012  (never changed)


_POLICY, _BUCKETS, _RDS = "aws_iam_password_policy", "aws_s3_buckets", "aws_rds_instances"
_GROUPS, _TRAILS = "aws_security_groups", "aws_cloudtrail_trails"
SHARED = (
    Same("iam_password_policy_minimum_length_14", _POLICY, {"minimum_length": {"at_least": 14}}),
    Same("iam_password_policy_lowercase", _POLICY, {"lowercase": True}),
    Same("iam_password_policy_uppercase", _POLICY, {"uppercase": True}),
    Same("iam_password_policy_number", _POLICY, {"numbers": True}),
    Same("iam_password_policy_symbol", _POLICY, {"symbols": True}),
    Same("iam_password_policy_reuse_24", _POLICY, {"reuse_prevented": {"at_least": 24}}),
    Same("iam_root_mfa_enabled", "aws_iam_root_account", {"second_factor": ["virtual", "hardware"]}),
    Same("iam_no_root_access_key", "aws_iam_root_account", {"access_keys": 0}),
    Same("iam_user_mfa_enabled_console_access", "aws_iam_users", {"second_factor": True}, "user", {"password": True}),
    Same(
        "iam_rotate_access_key_90_days", "aws_iam_access_keys", {"rotated_at": {"within": "90d"}},
        "user", {"active": True},
    ),
    Same("iam_policy_attached_only_to_group_or_roles", "aws_iam_users", {"direct_policies": 0}, "user"),
    Same(
        "iam_customer_attached_policy_no_administrative_privileges", "aws_iam_policies", {"allows_everything": False},
        "policy", {"kind": "managed", "attachments": {"above": 0}},
    ),
    Same(
        "iam_inline_policy_no_administrative_privileges", "aws_iam_policies", {"allows_everything": False},
        "holder", {"kind": ["user", "group", "role"]},
    ),
    Same("s3_bucket_default_encryption", _BUCKETS, {"encryption": {"not": "none"}}, "bucket"),
    Same("s3_bucket_secure_transport_policy", _BUCKETS, {"tls_only": True}, "bucket"),
    Same("s3_bucket_object_versioning", _BUCKETS, {"versioning": True}, "bucket"),
    Same("s3_bucket_object_lock", _BUCKETS, {"object_lock": {"not": "none"}}, "bucket"),
    Same("s3_bucket_server_access_logging_enabled", _BUCKETS, {"logging": True}, "bucket"),
    Same("s3_bucket_public_access", _BUCKETS, {"public": False}, "bucket"),
    Same("s3_bucket_level_public_access_block", _BUCKETS, {"public_access_blocked": True}, "bucket"),
    Same("rds_instance_storage_encrypted", _RDS, {"encrypted": True}, "instance"),
    Same("rds_instance_no_public_access", "aws_database_exposure", {"reachable": False}, "instance"),
    Same("rds_instance_backup_enabled", _RDS, {"backup_retention": {"above": 0}}, "instance"),
    Same("rds_instance_deletion_protection", _RDS, {"deletion_protection": True}, "instance"),
    Same("rds_instance_multi_az", _RDS, {"several_zones": True}, "instance"),
    Same("rds_instance_iam_authentication_enabled", _RDS, {"iam_sign_in": True}, "instance"),
    Same("rds_instance_minor_version_upgrade_enabled", _RDS, {"minor_upgrades": True}, "instance"),
    Same("rds_instance_transport_encrypted", _RDS, {"tls_required": True}, "instance"),
    Same("rds_instance_integration_cloudwatch_logs", _RDS, {"exported_logs": {"not": []}}, "instance"),
    Same("rds_snapshots_encrypted", "aws_rds_snapshots", {"encrypted": True}, "snapshot"),
    Same("rds_snapshots_public_access", "aws_rds_snapshots", {"public": False}, "snapshot"),
    Same("rds_cluster_storage_encrypted", "aws_rds_clusters", {"encrypted": True}, "cluster"),
    Same("rds_cluster_deletion_protection", "aws_rds_clusters", {"deletion_protection": True}, "cluster"),
    Same("ec2_ebs_volume_encryption", "aws_ebs_volumes", {"encrypted": True}, "volume"),
    Same("ec2_ebs_snapshots_encrypted", "aws_ebs_snapshots", {"encrypted": True}, "snapshot"),
    Same("ec2_ebs_public_snapshot", "aws_ebs_snapshots", {"public": False}, "snapshot"),
    Same("ec2_securitygroup_allow_ingress_from_internet_to_all_ports", _GROUPS, {"every_port_open": False}, "group"),
    Same("vpc_flow_logs_enabled", "aws_networks", {"flow_logs": True}, "network"),
    Same("kms_cmk_rotation_enabled", "aws_kms_keys", {"rotation": True}, "key", {"rotatable": True, "leaving": False}),
    Same("cloudtrail_kms_encryption_enabled", _TRAILS, {"encrypted": True}, "trail"),
    Same("cloudtrail_log_file_validation_enabled", _TRAILS, {"validated": True}, "trail"),
    Same("config_recorder_all_regions_enabled", "aws_config_recorders", {"recording": True}),
    Same("guardduty_is_enabled", "aws_guardduty_detectors", {"enabled": True}),
    Same("elbv2_logging_enabled", "aws_load_balancers", {"access_logs": True}, "balancer"),
    Same("elbv2_deletion_protection", "aws_load_balancers", {"deletion_protection": True}, "balancer"),
    Same(
        "elbv2_insecure_ssl_ciphers", "aws_load_balancer_listeners", {"oldest_tls": ["TLSv1.2", "TLSv1.3"]}, "balancer",
        {"oldest_tls": {"present": True}},
    ),
    Same("dynamodb_tables_pitr_enabled", "aws_dynamodb_tables", {"point_in_time_recovery": True}, "table"),
    Same("sns_topics_kms_encryption_at_rest_enabled", "aws_sns_topics", {"encrypted": True}, "topic"),
    Same("sqs_queues_server_side_encryption_enabled", "aws_sqs_queues", {"encrypted": "kms"}, "queue"),
    Same("ecr_repositories_scan_images_on_push_enabled", "aws_ecr_repositories", {"scanned": True}, "repository"),
    Same("ecr_repositories_tag_immutability", "aws_ecr_repositories", {"immutable_tags": True}, "repository"),
    Same("secretsmanager_automatic_rotation_enabled", "aws_secrets", {"rotation": True}, "secret"),
)  # fmt: skip

EXPLAINED = {
    "iam_user_mfa_enabled_console_access": (
        "Prowler passes users without a password; here they are not among those examined"
    ),
    "iam_rotate_access_key_90_days": "Prowler passes users without an active key; here only keys are examined",
    "iam_root_mfa_enabled": (
        "Prowler takes the root user from the credential report, where the stand-in has no row for it; here it is IAM's"
        " own summary of the account"
    ),
    "iam_no_root_access_key": "as for the root user's second factor",
    "rds_instance_transport_encrypted": "Prowler judges clusters in this check too; here they are another population",
    "s3_bucket_level_public_access_block": (
        "Prowler asks for two of the four switches, and of the bucket alone; here all four, the account's counted"
    ),
}
"""Differences that are meant: which side examines what the other leaves out, or asks for more."""
