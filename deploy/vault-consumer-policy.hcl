# What pods (Vault Agent, CSI, a sidecar) may read: the access tokens of one namespace's channels, and nothing else. The
# record `grant` beside it holds the refresh token and stays out of reach. Three words are placeholders:
#   {{mount}}      as in vault-policy.hcl
#   {{prefix}}     as in vault-policy.hcl
#   {{namespace}}  the namespace whose pods these are; one policy for each
#
#   sed -e 's/{{mount}}/social/g' -e 's/{{prefix}}/socialchannel/g' -e 's/{{namespace}}/main-stage/g' \
#     vault-consumer-policy.hcl | vault policy write social-channel-main-stage -
path "{{mount}}/data/{{prefix}}/channels/{{namespace}}/+/token" {
  capabilities = ["read"]
}
