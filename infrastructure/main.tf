terraform {
  required_version = ">= 1.6"

  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = "~> 5.100"
    }
  }
}

provider "aws" {
  region = var.region
}

variable "region" {
  description = "Where everything runs; customers' data does not leave it."
  type        = string
  default     = "eu-central-1"
}

variable "account" {
  description = "The account that owns the keys."
  type        = string
  default     = "111122223333"
}

variable "subnets" {
  description = "Private subnets, one a zone."
  type        = list(string)
  default     = ["subnet-0a1b2c3d", "subnet-4e5f6a7b"]
}

variable "public_subnets" {
  description = "Subnets of the load balancer."
  type        = list(string)
  default     = ["subnet-8c9d0e1f", "subnet-2a3b4c5d"]
}

variable "network" {
  description = "The network that they belong to."
  type        = string
  default     = "vpc-6e7f8a9b"
}

variable "certificate" {
  description = "The load balancer's certificate."
  type        = string
  default     = "arn:aws:acm:eu-central-1:111122223333:certificate/00000000-0000-0000-0000-000000000000"
}
