data "aws_iam_policy_document" "key" {
  statement {
    sid       = "AdministratorsOfThisAccount"
    actions   = ["kms:Create*", "kms:Describe*", "kms:Enable*", "kms:List*", "kms:Put*", "kms:Update*", "kms:Get*"]
    resources = ["arn:aws:kms:${var.region}:${var.account}:key/*"]

    principals {
      type        = "AWS"
      identifiers = ["arn:aws:iam::${var.account}:role/key-administrators"]
    }
  }
}

resource "aws_kms_key" "data" {
  description             = "Encrypts customers' data at rest"
  enable_key_rotation     = true
  deletion_window_in_days = 30
  policy                  = data.aws_iam_policy_document.key.json
}
