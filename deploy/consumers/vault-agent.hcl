# Vault Agent beside a pod that wants no Kubernetes Secret: it keeps access_token and expires_at fresh in a folder.
#   vault agent -config=vault-agent.hcl
# The role has the policy of deploy/vault-consumer-policy.hcl. VAULT_ADDR and VAULT_CACERT say where Vault is.
auto_auth {
  method "kubernetes" {
    mount_path = "auth/kubernetes"
    config = {
      role       = "social-channel-main-stage"
      token_path = "/var/run/secrets/vault/token"
    }
  }
}
template_config {
  # How soon a renewed token is seen: well below the propagation floor of the operator (150s).
  static_secret_render_interval = "30s"
}
template {
  destination = "/run/social/twitch/access_token"
  contents    = "{{ with secret \"social/data/socialchannel/channels/main-stage/main-stage-twitch/token\" }}{{ .Data.data.access_token }}{{ end }}"
}
template {
  destination = "/run/social/twitch/expires_at"
  contents    = "{{ with secret \"social/data/socialchannel/channels/main-stage/main-stage-twitch/token\" }}{{ .Data.data.expires_at }}{{ end }}"
}
