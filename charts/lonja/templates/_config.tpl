{{/* The file of LONJA_CONFIG of one plugin, with the addresses of external services: (dict "root" $ "name" … "plugin" …), and
with who may call it: "serves" (the plugins). */}}
{{- define "lonja.config" -}}
{{- $config := deepCopy .plugin.config -}}
{{- $external := .root.Values.external -}}
{{- $own := dict -}}
{{- if has "postgres" .plugin.external -}}
{{- $at := $external.postgres -}}
{{- $postgres := dict "host" (list $at.host) "port" (int $at.port) "tls" $at.tls -}}
{{- if $at.ca -}}{{- $_ := set $postgres "rootCertificate" "/etc/lonja/ca/postgres.crt" -}}{{- end -}}
{{- $_ := set $own "postgres" $postgres -}}
{{- end -}}
{{- if has "valkey" .plugin.external -}}
{{- $at := $external.valkey -}}
{{- $valkey := dict "address" (list (printf "%s:%d" $at.host (int $at.port))) -}}
{{- if $at.tls -}}
{{- $_ := set $valkey "tls" true -}}
{{- with include "lonja.valkeyAuthorities" .root -}}{{- $_ := set $valkey "rootCertificate" . -}}{{- end -}}
{{- end -}}
{{- $_ := set $own "valkey" $valkey -}}
{{- end -}}
{{- if and (has "smtp" .plugin.external) (eq .name "notification") -}}
{{- $at := $external.smtp -}}
{{- $smtp := dict "host" $at.host "port" (int $at.port) -}}
{{- if $at.ca -}}{{- $_ := set $smtp "certificateAuthorities" "/etc/lonja/smtp-ca/smtp.crt" -}}{{- end -}}
{{- $_ := set $own "mail" (dict "smtp" $smtp) -}}
{{- end -}}
{{- /* What the plugin's entry says wins. A section without a key would be refused where the plugin has no settings. */ -}}
{{- $given := ternary (dict .name $own) dict (not (empty $own)) -}}
{{- if and .serves (include "lonja.tls" .root) -}}
{{- $rules := include "lonja.callerRules" (dict "plugins" .serves "name" .name "plugin" .plugin) -}}
{{- $files := dict "certificate" "/etc/lonja/tls/tls.crt" "key" "/etc/lonja/tls/tls.key" "authorities" "/etc/lonja/tls/ca.crt" -}}
{{- $_ := set $given "host" (dict "rpc" (dict "tls" (merge (dict "callers" $rules) $files))) -}}
{{- end -}}
{{- if and .serves .root.Values.traces.enabled -}}
{{- $_ := set $given "host" (merge (get $given "host" | default dict) (dict "traces" (include "lonja.traces" .root | fromYaml))) -}}
{{- end -}}
{{- toYaml (mergeOverwrite $given $config) -}}
{{- end -}}

{{/* The settings host.traces. */}}
{{- define "lonja.traces" -}}
{{- $at := .Values.external.collector -}}
endpoint: dns:///{{ $at.host }}:{{ $at.port | int }}
ratio: {{ .Values.traces.ratio }}
{{- if $at.ca }}
tls:
  authorities: /etc/lonja/collector-ca/collector.crt
  {{- if .Values.traces.certificate }}
  certificate: /etc/lonja/tls/tls.crt
  key: /etc/lonja/tls/tls.key
  {{- end }}
{{- end }}
{{- end -}}

{{/* Where they are, for who has no certificate: as a Secret and a key of it. */}}
{{- define "lonja.valkeyAuthority" -}}
{{- if .Values.external.valkey.ca -}}
{{- toYaml .Values.external.valkey.ca -}}
{{- else if include "lonja.tls" . -}}
name: {{ include "lonja.fullname" . }}-valkey-tls
key: ca.crt
{{- end -}}
{{- end -}}

{{/* The file with the authorities that Valkey's certificate must lead to; nothing for those of the image. */}}
{{- define "lonja.valkeyAuthorities" -}}
{{- if .Values.external.valkey.ca -}}/etc/lonja/valkey-ca/valkey.crt
{{- else if include "lonja.tls" . -}}/etc/lonja/tls/ca.crt
{{- end -}}
{{- end -}}

{{/* The folder of LONJA_SECRETS: each key is a file of its name. (dict "root" $ "name" … "secrets" … "values" …) */}}
{{- define "lonja.secretSources" -}}
{{- range $key, $from := .secrets }}
- secret:
    name: {{ required (printf "secrets.%s.name" $key) $from.name }}
    {{- if $from.optional }}
    optional: true
    {{- end }}
    items:
      - key: {{ $from.key | default $key }}
        path: {{ $key }}
{{- end }}
{{- with .values }}
- secret:
    name: {{ include "lonja.fullname" $.root }}-{{ $.name }}-literal
{{- end }}
{{- end -}}
