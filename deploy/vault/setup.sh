#!/bin/sh
# Everything in Vault that the operator needs, by the CLI; it may be run again. VAULT_ADDR and VAULT_TOKEN (or a login)
# must be set, and the cluster known to Vault:
#
#   vault auth enable -path=kubernetes kubernetes
#   vault write auth/kubernetes/config kubernetes_host=https://<API server>:6443
#
# MOUNT, PREFIX, AUTH, ROLE, NAMESPACE, SERVICE_ACCOUNT and AUDIENCE change what stands below.
set -eu
mount=${MOUNT:-social} prefix=${PREFIX:-socialchannel} auth=${AUTH:-kubernetes} role=${ROLE:-social-channel-operator}
folder=$(dirname "$0")

vault secrets list -format=json | grep -q "\"$mount/\"" || vault secrets enable -path="$mount" -version=2 kv
# A new mount answers for a moment that it is being made versioned.
tries=0
until vault write "$mount/config" cas_required=true max_versions=10; do
  tries=$((tries + 1)) && [ "$tries" -lt 20 ] && sleep 1
done
sed -e "s|{{mount}}|$mount|g" -e "s|{{prefix}}|$prefix|g" "$folder/../vault-policy.hcl" | vault policy write "$role" -
vault write "auth/$auth/role/$role" \
  bound_service_account_names="${SERVICE_ACCOUNT:-social-channel-operator}" \
  bound_service_account_namespaces="${NAMESPACE:-social-system}" \
  audience="${AUDIENCE:-vault}" token_policies="$role" token_ttl=20m token_max_ttl=24h
