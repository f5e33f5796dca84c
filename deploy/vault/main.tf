# The same as setup.sh and consumer.sh, for Terraform and OpenTofu. The policies are the files beside this folder.
terraform {
  required_providers {
    vault = { source = "hashicorp/vault", version = ">= 3.20" }
  }
}

variable "mount" {
  type    = string
  default = "social"
}
variable "prefix" {
  type    = string
  default = "socialchannel"
}
variable "auth" {
  description = "Path of the Kubernetes auth method that knows the cluster."
  type        = string
  default     = "kubernetes"
}
variable "role" {
  type    = string
  default = "social-channel-operator"
}
variable "namespace" {
  type    = string
  default = "social-system"
}
variable "service_account" {
  type    = string
  default = "social-channel-operator"
}
variable "audience" {
  type    = string
  default = "vault"
}
variable "consumers" {
  description = "ServiceAccounts by namespace that may read the access tokens of that namespace's channels."
  type        = map(list(string))
  default     = {}
}

resource "vault_mount" "social" {
  path    = var.mount
  type    = "kv"
  options = { version = "2" }
}

resource "vault_kv_secret_backend_v2" "social" {
  mount        = vault_mount.social.path
  cas_required = true
  max_versions = 10
}

resource "vault_policy" "operator" {
  name = var.role
  policy = replace(replace(file("${path.module}/../vault-policy.hcl"),
  "{{mount}}", var.mount), "{{prefix}}", var.prefix)
}

resource "vault_kubernetes_auth_backend_role" "operator" {
  backend                          = var.auth
  role_name                        = var.role
  bound_service_account_names      = [var.service_account]
  bound_service_account_namespaces = [var.namespace]
  audience                         = var.audience
  token_policies                   = [vault_policy.operator.name]
  token_ttl                        = 1200
  token_max_ttl                    = 86400
}

resource "vault_policy" "consumer" {
  for_each = var.consumers
  name     = "social-channel-${each.key}"
  policy = replace(replace(replace(file("${path.module}/../vault-consumer-policy.hcl"),
  "{{mount}}", var.mount), "{{prefix}}", var.prefix), "{{namespace}}", each.key)
}

resource "vault_kubernetes_auth_backend_role" "consumer" {
  for_each                         = var.consumers
  backend                          = var.auth
  role_name                        = vault_policy.consumer[each.key].name
  bound_service_account_names      = each.value
  bound_service_account_namespaces = [each.key]
  audience                         = var.audience
  token_policies                   = [vault_policy.consumer[each.key].name]
  token_ttl                        = 1200
  token_max_ttl                    = 86400
}
