{{- define "mail.labels" -}}
app.kubernetes.io/name: lonja-mail
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end -}}

{{/* (dict "root" $ "suffix" "") */}}
{{- define "mail.metadata" -}}
name: lonja-mail{{ .suffix }}
namespace: {{ .root.Release.Namespace }}
labels:
  {{- include "mail.labels" .root | nindent 2 }}
  app.kubernetes.io/part-of: lonja
  app.kubernetes.io/managed-by: {{ .root.Release.Service }}
  helm.sh/chart: {{ printf "%s-%s" .root.Chart.Name .root.Chart.Version }}
{{- end -}}

{{- define "mail.image" -}}
{{- if .Values.image.digest -}}
{{- .Values.image.repository -}}@{{- .Values.image.digest -}}
{{- else if eq .Values.environment "prod" -}}
{{- fail "image.digest is not set; prod runs images by digest only" -}}
{{- else -}}
{{- .Values.image.repository -}}:{{- .Values.image.tag -}}
{{- end -}}
{{- end -}}

{{- define "mail.resources" -}}
resources:
  requests:
    cpu: {{ .cpu }}
    memory: {{ .memory }}
  limits:
    memory: {{ .memory }}
{{- end -}}

{{/* A file of files/, with values in it. */}}
{{- define "mail.file" -}}
{{- tpl (.root.Files.Get (printf "files/%s" .name)) .root | trim -}}
{{- end -}}

{{/* What the schema cannot say. */}}
{{- define "mail.checks" -}}
{{- if not (has .Values.dkim.signing .Values.dkim.selectors) -}}
{{- fail (printf "dkim.signing is %s, which is none of dkim.selectors" .Values.dkim.signing) -}}
{{- end -}}
{{- range .Values.senders -}}
{{- if not (hasSuffix (printf "@%s" $.Values.domain) .) -}}
{{- fail (printf "senders: %s is not of the domain %s, so nothing would sign it" . $.Values.domain) -}}
{{- end -}}
{{- end -}}
{{- end -}}

{{/* The ConfigMaps, by the ends of their names: all that the containers read at their start. */}}
{{- define "mail.config" -}}
postfix:
  main.cf: |
    {{- include "mail.file" (dict "root" . "name" "main.cf") | nindent 4 }}
  master.cf: |
    {{- include "mail.file" (dict "root" . "name" "master.cf") | nindent 4 }}
  header_checks: |
    {{- include "mail.file" (dict "root" . "name" "header_checks") | nindent 4 }}
  smtpd.conf: |
    {{- include "mail.file" (dict "root" . "name" "smtpd.conf") | nindent 4 }}
server:
  {{- range list "opendkim.conf" "postfix.sh" "listening.sh" "dns.sh" }}
  {{ . }}: |
    {{- include "mail.file" (dict "root" $ "name" .) | nindent 4 }}
  {{- end }}
  KeyTable: |
    {{- range .Values.dkim.selectors }}
    {{ . }}._domainkey.{{ $.Values.domain }} {{ $.Values.domain }}:{{ . }}:/etc/lonja-mail/dkim/{{ . }}
    {{- end }}
  SigningTable: |
    *@{{ .Values.domain }} {{ .Values.dkim.signing }}._domainkey.{{ .Values.domain }}
{{- end -}}
