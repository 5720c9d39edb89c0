resource "aws_s3_bucket" "audit_logs" {
  bucket = "sample-organisation-audit-logs"
}

resource "aws_s3_bucket_public_access_block" "audit_logs" {
  bucket                  = aws_s3_bucket.audit_logs.id
  block_public_acls       = true
  block_public_policy     = true
  ignore_public_acls      = true
  restrict_public_buckets = true
}

resource "aws_s3_bucket_server_side_encryption_configuration" "audit_logs" {
  bucket = aws_s3_bucket.audit_logs.id

  rule {
    apply_server_side_encryption_by_default {
      kms_master_key_id = aws_kms_key.data.arn
      sse_algorithm     = "aws:kms"
    }
  }
}

resource "aws_s3_bucket_versioning" "audit_logs" {
  bucket = aws_s3_bucket.audit_logs.id

  versioning_configuration {
    status = "Enabled"
  }
}

resource "aws_s3_bucket_lifecycle_configuration" "audit_logs" {
  bucket = aws_s3_bucket.audit_logs.id

  rule {
    id     = "keep-for-400-days"
    status = "Enabled"

    filter {}

    expiration {
      days = 400
    }

    abort_incomplete_multipart_upload {
      days_after_initiation = 7
    }
  }
}

resource "aws_s3_bucket_logging" "audit_logs" {
  bucket        = aws_s3_bucket.audit_logs.id
  target_bucket = "sample-organisation-access-logs"
  target_prefix = "audit-logs/"
}

resource "aws_s3_bucket_notification" "audit_logs" {
  bucket      = aws_s3_bucket.audit_logs.id
  eventbridge = true
}

resource "aws_s3_bucket_replication_configuration" "audit_logs" {
  bucket = aws_s3_bucket.audit_logs.id
  role   = "arn:aws:iam::${var.account}:role/audit-log-replication"

  rule {
    id     = "second-region"
    status = "Enabled"

    destination {
      bucket = "arn:aws:s3:::sample-organisation-audit-logs-second-region"

      encryption_configuration {
        replica_kms_key_id = "arn:aws:kms:eu-west-1:${var.account}:alias/audit-logs"
      }
    }

    source_selection_criteria {
      sse_kms_encrypted_objects {
        status = "Enabled"
      }
    }
  }
}

resource "aws_cloudwatch_log_group" "administration" {
  name              = "administration"
  retention_in_days = 400
  kms_key_id        = aws_kms_key.data.arn
}

resource "aws_cloudtrail" "administration" {
  name                          = "administration"
  s3_bucket_name                = aws_s3_bucket.audit_logs.id
  kms_key_id                    = aws_kms_key.data.arn
  is_multi_region_trail         = true
  enable_log_file_validation    = true
  include_global_service_events = true
  sns_topic_name                = "arn:aws:sns:${var.region}:${var.account}:administration"
  cloud_watch_logs_group_arn    = "${aws_cloudwatch_log_group.administration.arn}:*"
  cloud_watch_logs_role_arn     = "arn:aws:iam::${var.account}:role/administration-trail"
}

resource "aws_iam_account_password_policy" "people" {
  minimum_password_length        = 15
  require_lowercase_characters   = true
  require_uppercase_characters   = true
  require_numbers                = true
  require_symbols                = true
  password_reuse_prevention      = 24
  max_password_age               = 90
  allow_users_to_change_password = true
}
