# What the operator may do in Vault. Two words are placeholders:
#   {{mount}}   the path of a KV version 2 mount, without slashes at its ends    (--vault-mount, usually social)
#   {{prefix}}  the folder inside it that belongs to this operator               (--vault-prefix, usually socialchannel)
#
#   sed -e 's/{{mount}}/social/g' -e 's/{{prefix}}/socialchannel/g' vault-policy.hcl | vault policy write social-channel-operator -
#
# The mount must have cas_required=true and no delete_version_after.
# A "+" stands for exactly one segment: a namespace, then a channel or an app.

# Every record is written with check-and-set. update stands beside create because a repeated first write of an existing
# record must answer "check-and-set lost", which tells who was first, and not "permission denied".
path "{{mount}}/data/{{prefix}}/channels/+/+/grant" {
  capabilities = ["create", "read", "update"]
}
path "{{mount}}/data/{{prefix}}/channels/+/+/token" {
  capabilities = ["create", "read", "update"]
}
path "{{mount}}/data/{{prefix}}/channels/+/+/staged" {
  capabilities = ["create", "read", "update"]
}
path "{{mount}}/data/{{prefix}}/channels/+/+/parked" {
  capabilities = ["create", "read", "update"]
}
path "{{mount}}/data/{{prefix}}/channels/+/+/pending" {
  capabilities = ["create", "read", "update"]
}
path "{{mount}}/data/{{prefix}}/accounts/+" {
  capabilities = ["create", "read", "update"]
}
path "{{mount}}/data/{{prefix}}/imported/+" {
  capabilities = ["create", "read", "update"]
}
path "{{mount}}/data/{{prefix}}/keys/escrow" {
  capabilities = ["create", "read", "update"]
}

# Client secrets are written by people, or by what they use for it.
path "{{mount}}/data/{{prefix}}/apps/+/+" {
  capabilities = ["read"]
}

# Forgetting a channel: which versions there are, and destroying those that hold tokens. The metadata of grant stays, so
# that its versions never start again at 1; the other records of a channel may vanish whole.
path "{{mount}}/metadata/{{prefix}}/channels/+/+/grant" {
  capabilities = ["read"]
}
path "{{mount}}/metadata/{{prefix}}/channels/+/+/token" {
  capabilities = ["read", "delete"]
}
path "{{mount}}/metadata/{{prefix}}/channels/+/+/staged" {
  capabilities = ["read", "delete"]
}
path "{{mount}}/metadata/{{prefix}}/channels/+/+/parked" {
  capabilities = ["read", "delete"]
}
path "{{mount}}/metadata/{{prefix}}/channels/+/+/pending" {
  capabilities = ["read", "delete"]
}
path "{{mount}}/destroy/{{prefix}}/channels/+/+/grant" {
  capabilities = ["update"]
}
# What a person granted for the wrong account, or threw away, must not stay in an earlier version.
path "{{mount}}/destroy/{{prefix}}/channels/+/+/staged" {
  capabilities = ["update"]
}

# Start-up refuses a mount that drops versions by itself.
path "{{mount}}/config" {
  capabilities = ["read"]
}

# The operator's own login.
path "auth/token/lookup-self" {
  capabilities = ["read"]
}
path "auth/token/renew-self" {
  capabilities = ["update"]
}

# Start-up asks which of all this the login really has, and names every line that is missing at once.
path "sys/capabilities-self" {
  capabilities = ["update"]
}
