resource "aws_db_subnet_group" "data" {
  name       = "data"
  subnet_ids = var.subnets
}

resource "aws_db_parameter_group" "data" {
  name   = "data-postgres18"
  family = "postgres18"

  parameter {
    name  = "rds.force_ssl"
    value = "1"
  }

  parameter {
    name  = "log_statement"
    value = "ddl"
  }

  parameter {
    name  = "log_min_duration_statement"
    value = "1000"
  }
}

resource "aws_db_instance" "data" {
  identifier     = "data"
  engine         = "postgres"
  engine_version = "18"
  instance_class = "db.m7g.large"

  allocated_storage           = 100
  db_subnet_group_name        = aws_db_subnet_group.data.name
  parameter_group_name        = aws_db_parameter_group.data.name
  vpc_security_group_ids      = [aws_security_group.database.id]
  publicly_accessible         = false
  multi_az                    = true
  storage_encrypted           = true
  kms_key_id                  = aws_kms_key.data.arn
  ca_cert_identifier          = "rds-ca-rsa2048-g1"
  backup_retention_period     = 35
  copy_tags_to_snapshot       = true
  deletion_protection         = true
  skip_final_snapshot         = false
  final_snapshot_identifier   = "data-final"
  auto_minor_version_upgrade  = true
  username                    = "owner"
  manage_master_user_password = true

  iam_database_authentication_enabled = true
  enabled_cloudwatch_logs_exports     = ["postgresql", "upgrade"]
  performance_insights_enabled        = true
  performance_insights_kms_key_id     = aws_kms_key.data.arn
  monitoring_interval                 = 60
  monitoring_role_arn                 = "arn:aws:iam::${var.account}:role/database-monitoring"
}
