"""What each collector of AWS sees of the seeded account: the field that names a row, and fields of such rows."""

from __future__ import annotations

from typing import Any

ONE = "123456789012"
SEEN: dict[str, tuple[str, dict[str, dict[str, Any]]]] = {
    "aws_access_analyzers": ("account", {ONE: {"outside_access": True, "unused_access": False}}),
    "aws_account_settings": (
        "region",
        {"eu-west-1": {"volumes_encrypted_by_default": True, "buckets_blocked": False, "security_contact": True}},
    ),
    "aws_backup_plans": (
        "plan",
        {
            "good-plan": {"retention": 35, "selections": 1, "schedule": "cron(0 5 ? * * *)", "vault": "good-vault"},
            "bad-plan": {"retention": 7, "selections": 0},
        },
    ),
    "aws_backup_series": (
        "resource",
        {
            "arn:aws:rds:eu-west-1:123456789012:db:good-database": {
                "gap_count": 0, "gaps": [], "taken": 30, "encrypted": True, "unusable": 0, "vaults": ["good-vault"],
            },
            "arn:aws:rds:eu-west-1:123456789012:db:bad-database": {"gap_count": 2, "encrypted": False},
            "arn:aws:rds:eu-west-1:123456789012:db:lost-database": {
                "gap_count": 1, "taken": 0, "newest_at": None, "longest_gap": 30 * 86400, "reaches_back": 0,
            },
        },
    ),
    "aws_backup_vaults": (
        "vault",
        {
            "good-vault": {"locked": True, "lock_final": True, "encrypted": True, "minimum_retention": 30},
            "bad-vault": {"locked": False, "lock_final": False, "encrypted": False, "minimum_retention": None},
        },
    ),
    "aws_certificates": ("domain", {"app.example.test": {"status": "PENDING_VALIDATION", "expires_at": None}}),
    "aws_cloudfront_distributions": (
        "https_only",
        {
            "True": {"origins_encrypted": True, "logging": True, "web_firewall": True},
            "False": {"origins_encrypted": False, "logging": False, "web_firewall": False},
        },
    ),
    "aws_cloudtrail_trails": (
        "trail",
        {
            "good-trail": {
                "logging": True, "every_region": True, "validated": True, "encrypted": True, "management_events": True,
                "global_services": True,
            },
            "bad-trail": {
                "logging": False, "every_region": False, "validated": False, "encrypted": False,
                "management_events": False, "global_services": False,
            },
        },
    ),
    "aws_cloudwatch_alarms": (
        "alarm",
        {
            "good-alarm": {"acts": True, "watches": '{ $.userIdentity.type = "Root" }'},
            "bad-alarm": {"acts": False, "metric": "root"},
        },
    ),
    "aws_config_recorders": (
        "region",
        {"eu-west-1": {"recording": True, "every_resource": True, "global_resources": True, "delivering": True}},
    ),
    "aws_database_backups": (
        "database",
        {
            "good-database": {"of": "instance", "taken": 1, "encrypted": True, "replica": False, "gap_count": 0},
            "bad-database": {"of": "instance", "encrypted": False, "restorable_until": None},
            "good-database-cluster": {"of": "cluster", "taken": 1},
        },
    ),
    "aws_database_exposure": (
        "instance",
        {
            "good-database": {"public_address": False, "open_to_everyone": False, "reachable": False, "port": 5432},
            "bad-database": {"public_address": True, "open_to_everyone": True, "reachable": True},
        },
    ),
    "aws_dynamodb_tables": (
        "table",
        {
            "good-table": {"point_in_time_recovery": True, "recovery_period": 35},
            "bad-table": {"point_in_time_recovery": False, "recovery_period": None},
        },
    ),
    "aws_ebs_snapshots": ("encrypted", {"True": {"public": False}, "False": {"public": True}}),
    "aws_ebs_volumes": ("size", {"8": {"encrypted": True}, "9": {"encrypted": False}}),
    "aws_ecr_repositories": (
        "repository",
        {
            "good-repository": {"scanned": True, "immutable_tags": True},
            "bad-repository": {"scanned": False, "immutable_tags": False},
        },
    ),
    "aws_guardduty_detectors": ("region", {"eu-west-1": {"present": True, "enabled": True}}),
    "aws_iam_access_keys": ("user", {"machine": {"number": 1, "active": True, "last_used": None}}),
    "aws_iam_password_policy": (
        "region",
        {"global": {"written": True, "minimum_length": 14, "reuse_prevented": 24, "maximum_age": None}},
    ),
    "aws_iam_policies": (
        "policy",
        {
            "bad-everything": {"kind": "managed", "allows_everything": True, "attachments": 1},
            "bad-service": {"allows_everything": False, "service_wildcards": ["kms"], "passes_any_role": True},
            "good-narrow": {"allows_everything": False, "service_wildcards": [], "passes_any_role": False},
            "inline": {"kind": "role", "holder": "bad-role", "allows_everything": True},
        },
    ),
    "aws_iam_roles": (
        "role",
        {
            "good-role": {"administrator": False, "trusts_anyone": False, "trusted_accounts": []},
            "bad-role": {"administrator": True, "trusts_anyone": True},
            "other-account": {"trusted_accounts": ["210987654321"], "external_id_missing": True},
        },
    ),
    "aws_iam_root_account": ("region", {"global": {"second_factor": "none", "access_keys": 0}}),
    "aws_iam_users": (
        "user",
        {
            "good-user": {"password": True, "second_factor": True, "direct_policies": 0, "administrator": False},
            "bad-user": {"password": True, "second_factor": False, "direct_policies": 1, "administrator": True},
            "machine": {"password": False, "active_keys": 1},
        },
    ),
    "aws_inspector": ("region", {"eu-west-1": {"enabled": True, "scans": ["ec2", "ecr"]}}),
    "aws_kms_keys": ("rotation", {"True": {"rotatable": True, "public": False}, "False": {"state": "Enabled"}}),
    "aws_lambda_functions": (
        "function",
        {
            "good-function": {"supported": True, "public_policy": False, "open_address": False},
            "bad-function": {"supported": False, "public_policy": True, "open_address": True, "runtime": "python3.7"},
        },
    ),
    "aws_load_balancer_listeners": (
        "policy",
        {
            "ELBSecurityPolicy-TLS13-1-2-2021-06": {"oldest_tls": "TLSv1.2", "encrypted": True},
            "ELBSecurityPolicy-2016-08": {"oldest_tls": "TLSv1", "encrypted": True},
        },
    ),
    "aws_load_balancers": (
        "balancer",
        {
            "good-balancer": {"access_logs": True, "deletion_protection": True, "drops_invalid_headers": True},
            "bad-balancer": {"access_logs": False, "deletion_protection": False, "drops_invalid_headers": False},
        },
    ),
    "aws_log_groups": ("group", {"/good/app": {"retention": 365}, "/bad/forever": {"retention": None}}),
    "aws_networks": ("default", {"False": {"flow_logs": True, "rejected_traffic": True}, "True": {"flow_logs": False}}),
    "aws_rds_clusters": (
        "cluster",
        {
            "good-database-cluster": {"encrypted": True, "backup_retention": 30, "deletion_protection": True},
            "bad-database-cluster": {"encrypted": False, "backup_retention": 1, "deletion_protection": False},
        },
    ),
    "aws_rds_instances": (
        "instance",
        {
            "good-database": {
                "encrypted": True, "public": False, "backup_retention": 35, "deletion_protection": True,
                "several_zones": True, "tls_required": True, "iam_sign_in": True, "exported_logs": ["postgresql"],
            },
            "bad-database": {
                "encrypted": False, "public": True, "backup_retention": 0, "restorable_until": None,
                "deletion_protection": False, "several_zones": False, "tls_required": False,
            },
        },
    ),
    "aws_rds_snapshots": (
        "snapshot",
        {
            "good-database-snapshot": {"encrypted": True, "public": False, "of": "instance", "kind": "manual"},
            "bad-database-snapshot": {"encrypted": False, "public": True},
            "good-cluster-snapshot": {"encrypted": True, "public": False, "of": "cluster"},
        },
    ),
    "aws_recovery_points": (
        "point",
        {
            "good-2": {"newest": True, "deleted_after": 35, "encrypted": True},
            "good-50": {"newest": False},
            "bad-late": {"newest": True, "deleted_after": None, "encrypted": False},
        },
    ),
    "aws_restore_jobs": (
        "job",
        {
            "good-restore": {"status": "COMPLETED", "took": 2400, "validated": "SUCCESSFUL"},
            "bad-restore": {"status": "FAILED", "finished_at": None},
        },
    ),
    "aws_s3_buckets": (
        "bucket",
        {
            "good-data": {
                "encryption": "aws:kms", "public_access_blocked": True, "public": False, "tls_only": True,
                "versioning": True, "object_lock": "compliance", "lock_days": 365, "logging": True,
                "region": "eu-west-1",
            },
            "bad-public": {
                "public_access_blocked": False, "grants_public": True, "public": True, "tls_only": False,
                "versioning": False, "object_lock": "none", "logging": False,
            },
        },
    ),
    "aws_secrets": (
        "secret",
        {
            "good-secret": {"rotation": True, "rotation_period": 30},
            "bad-secret": {"rotation": False, "rotation_period": None},
        },
    ),
    "aws_security_groups": (
        "open_to_everyone",
        {
            "['443']": {"administration_open": False, "databases_open": False, "every_port_open": False},
            "['20-25']": {"administration_open": True, "databases_open": False},
            "['5432']": {"databases_open": True, "administration_open": False},
            "['all']": {"every_port_open": True, "administration_open": True, "databases_open": True},
        },
    ),
    "aws_security_hub": ("region", {"eu-west-1": {"enabled": True}}),
    "aws_sns_topics": ("topic", {"good-topic": {"encrypted": True}, "bad-topic": {"encrypted": False}}),
    "aws_sqs_queues": (
        "queue",
        {"good-queue": {"encrypted": "kms", "public": False}, "bad-queue": {"encrypted": "none", "public": True}},
    ),
    "aws_web_firewalls": (
        "firewall",
        {
            "good-firewall": {"rules": 1, "blocking_rules": 1, "logging": True},
            "bad-firewall": {"rules": 0, "logging": False},
        },
    ),
}  # fmt: skip
"""Collector: a field to tell its rows by, and what the rows hold."""
