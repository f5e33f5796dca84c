#!/bin/sh
# Lets the pods of one namespace read the access tokens of its channels, by the CLI: consumer.sh NAMESPACE SERVICE_ACCOUNT
set -eu
mount=${MOUNT:-social} prefix=${PREFIX:-socialchannel} auth=${AUTH:-kubernetes}
namespace=${1:?a namespace} account=${2:?a ServiceAccount}
policy="social-channel-$namespace"

sed -e "s|{{mount}}|$mount|g" -e "s|{{prefix}}|$prefix|g" -e "s|{{namespace}}|$namespace|g" \
  "$(dirname "$0")/../vault-consumer-policy.hcl" | vault policy write "$policy" -
vault write "auth/$auth/role/$policy" \
  bound_service_account_names="$account" bound_service_account_namespaces="$namespace" \
  audience="${AUDIENCE:-vault}" token_policies="$policy" token_ttl=20m token_max_ttl=24h
