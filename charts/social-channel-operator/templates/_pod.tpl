{{/* A number from values may be a float, which would be printed as 1e+06. */}}
{{- define "sco.text" -}}
{{- if kindIs "slice" . -}}{{ join "," . }}
{{- else if kindIs "float64" . -}}{{ int64 . }}
{{- else -}}{{ . }}
{{- end -}}
{{- end -}}

{{/* The operator's flags, as a YAML list. What the chart knows by a name of its own first, then config, then extraArgs. */}}
{{- define "sco.args" -}}
{{- $vault := .Values.vault -}}
- --vault-address={{ required "vault.address: set the address of Vault, such as https://vault.example.com:8200" $vault.address }}
{{- with $vault.namespace }}
- --vault-namespace={{ . }}
{{- end }}
- --vault-mount={{ $vault.mount }}
- --vault-prefix={{ $vault.prefix }}
- --vault-auth-method={{ $vault.auth.method }}
{{- with $vault.auth.mount }}
- --vault-auth-mount={{ . }}
{{- end }}
- --vault-auth-role={{ $vault.auth.role }}
{{- if include "sco.vaultCASource" . }}
- --vault-ca-file=/etc/vault-ca/ca.crt
{{- end }}
{{- if eq $vault.auth.method "approle" }}
{{- if $vault.auth.approleSecretName }}
- --vault-approle-role-id-file=/etc/approle/role-id
- --vault-approle-secret-id-file=/etc/approle/secret-id
{{- end }}
{{- end }}
{{- with .Values.platformProxy }}
- --platform-proxy={{ . }}
{{- end }}
{{- if or .Values.platformCA.configMapName .Values.platformCA.secretName }}
- --platform-ca-file=/etc/platform-ca/ca.crt
{{- end }}
{{- with .Values.watchNamespaces }}
- --watch-namespaces={{ join "," . }}
{{- end }}
{{- with .Values.clusterId }}
- --cluster-id={{ . }}
{{- end }}
{{- if .Values.pages.enabled }}
- --pages-url={{ required "pages.url: set the address that people reach the pages at, such as https://connect.example.com" .Values.pages.url }}
- --pages-address={{ .Values.ops.host }}:{{ .Values.pages.port }}
{{- else if .Values.pages.url }}
{{- fail "pages.url: nothing answers there unless pages.enabled is true." }}
{{- end }}
- --ops-address={{ .Values.ops.host }}:{{ .Values.ops.port }}
- --log-level={{ .Values.logLevel }}
{{- range $flag, $value := .Values.config }}
{{- if not (kindIs "invalid" $value) }}
- {{ printf "--%s=%s" $flag (include "sco.text" $value) | quote }}
{{- end }}
{{- end }}
{{- range .Values.extraArgs }}
- {{ . | quote }}
{{- end }}
{{- end -}}

{{/* Where Vault's authority comes from: one source or none. */}}
{{- define "sco.vaultCASource" -}}
{{- $sources := list -}}
{{- with .Values.vault.caBundle }}{{ $sources = append $sources (dict "configMap" (dict "name" (printf "%s-vault-ca" (include "sco.fullname" $)) "items" (list (dict "key" "ca.crt" "path" "ca.crt")))) }}{{ end -}}
{{- $sources = concat $sources (include "sco.caSources" .Values.vault.ca | fromYamlArray) -}}
{{- if gt (len $sources) 1 }}{{ fail "vault.caBundle, vault.ca.configMapName, vault.ca.secretName: set one of them" }}{{ end -}}
{{- with $sources }}{{ toYaml (first .) }}{{ end -}}
{{- end -}}

{{- define "sco.caSources" -}}
{{- $items := list (dict "key" .key "path" "ca.crt") -}}
{{- $sources := list -}}
{{- with .configMapName }}{{ $sources = append $sources (dict "configMap" (dict "name" . "items" $items)) }}{{ end -}}
{{- with .secretName }}{{ $sources = append $sources (dict "secret" (dict "secretName" . "items" $items)) }}{{ end -}}
{{- toYaml $sources -}}
{{- end -}}

{{- define "sco.platformCASource" -}}
{{- $sources := include "sco.caSources" .Values.platformCA | fromYamlArray -}}
{{- if gt (len $sources) 1 }}{{ fail "platformCA.configMapName, platformCA.secretName: set one of them" }}{{ end -}}
{{- with $sources }}{{ toYaml (first .) }}{{ end -}}
{{- end -}}

{{/* "yes" where a ServiceAccount token is shown to Vault. */}}
{{- define "sco.showsToken" -}}
{{- if has .Values.vault.auth.method (list "kubernetes" "jwt") }}yes{{ end -}}
{{- end -}}

{{- define "sco.approleSecret" -}}
{{- if eq .Values.vault.auth.method "approle" }}{{ .Values.vault.auth.approleSecretName }}{{ end -}}
{{- end -}}

{{- define "sco.volumes" -}}
# What automounting would bring, made explicit: it is off.
- name: api-access
  projected:
    sources:
      - serviceAccountToken:
          path: token
          expirationSeconds: 3607
      - configMap:
          name: kube-root-ca.crt
          items: [{ key: ca.crt, path: ca.crt }]
      - downwardAPI:
          items: [{ path: namespace, fieldRef: { fieldPath: metadata.namespace } }]
{{- if include "sco.showsToken" . }}
- name: vault-token
  projected:
    sources:
      - serviceAccountToken:
          path: token
          audience: {{ .Values.vault.auth.audience | quote }}
          expirationSeconds: {{ int64 .Values.vault.auth.tokenExpirationSeconds }}
{{- end }}
{{- with include "sco.vaultCASource" . }}
- name: vault-ca
  {{- . | nindent 2 }}
{{- end }}
{{- with include "sco.platformCASource" . }}
- name: platform-ca
  {{- . | nindent 2 }}
{{- end }}
{{- with include "sco.approleSecret" . }}
- name: approle
  secret:
    secretName: {{ . }}
{{- end }}
{{- with .Values.extraVolumes }}
{{ toYaml . }}
{{- end }}
{{- end -}}

{{- define "sco.volumeMounts" -}}
- name: api-access
  mountPath: /var/run/secrets/kubernetes.io/serviceaccount
  readOnly: true
{{- if include "sco.showsToken" . }}
- name: vault-token
  mountPath: /var/run/secrets/vault
  readOnly: true
{{- end }}
{{- if include "sco.vaultCASource" . }}
- name: vault-ca
  mountPath: /etc/vault-ca
  readOnly: true
{{- end }}
{{- if include "sco.platformCASource" . }}
- name: platform-ca
  mountPath: /etc/platform-ca
  readOnly: true
{{- end }}
{{- if include "sco.approleSecret" . }}
- name: approle
  mountPath: /etc/approle
  readOnly: true
{{- end }}
{{- with .Values.extraVolumeMounts }}
{{ toYaml . }}
{{- end }}
{{- end -}}

{{/* What the operator's pods and the pod of helm test have in common. */}}
{{- define "sco.podFields" -}}
serviceAccountName: {{ include "sco.serviceAccountName" . }}
automountServiceAccountToken: false
enableServiceLinks: false
{{- if not (kindIs "invalid" .Values.hostUsers) }}
hostUsers: {{ .Values.hostUsers }}
{{- end }}
{{- with concat .Values.global.imagePullSecrets .Values.imagePullSecrets }}
imagePullSecrets:
  {{- toYaml . | nindent 2 }}
{{- end }}
securityContext:
  {{- toYaml .Values.podSecurityContext | nindent 2 }}
{{- with .Values.priorityClassName }}
priorityClassName: {{ . }}
{{- end }}
{{- with .Values.schedulerName }}
schedulerName: {{ . }}
{{- end }}
{{- with .Values.runtimeClassName }}
runtimeClassName: {{ . }}
{{- end }}
{{- with .Values.nodeSelector }}
nodeSelector:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .Values.tolerations }}
tolerations:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .Values.affinity }}
affinity:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .Values.dnsPolicy }}
dnsPolicy: {{ . }}
{{- end }}
{{- with .Values.dnsConfig }}
dnsConfig:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .Values.hostAliases }}
hostAliases:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- end -}}

{{- define "sco.containerFields" -}}
image: {{ include "sco.image" . | quote }}
imagePullPolicy: {{ .Values.image.pullPolicy }}
securityContext:
  {{- toYaml .Values.securityContext | nindent 2 }}
{{- with .Values.extraEnv }}
env:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .Values.extraEnvFrom }}
envFrom:
  {{- toYaml . | nindent 2 }}
{{- end }}
volumeMounts:
  {{- include "sco.volumeMounts" . | nindent 2 }}
{{- end -}}

{{/* A duration of the settings in whole seconds, rounded up. */}}
{{- define "sco.seconds" -}}
{{- $ms := 0 -}}
{{- range regexFindAll "[0-9]+(ms|[dhms])" . -1 -}}
{{- $unit := regexFind "[a-z]+$" . -}}
{{- $each := dict "ms" 1 "s" 1000 "m" 60000 "h" 3600000 "d" 86400000 -}}
{{- $ms = add $ms (mul (regexFind "^[0-9]+" . | int64) (get $each $unit)) -}}
{{- end -}}
{{- div (add $ms 999) 1000 -}}
{{- end -}}
