{{/* The file of LONJA_CONFIG of one plugin, with the addresses of external services: (dict "root" $ "name" … "plugin" …) */}}
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
{{- $_ := set $own "valkey" (dict "address" (list (printf "%s:%d" $external.valkey.host (int $external.valkey.port)))) -}}
{{- end -}}
{{- if and (has "smtp" .plugin.external) (eq .name "notification") -}}
{{- $at := $external.smtp -}}
{{- $smtp := dict "host" $at.host "port" (int $at.port) -}}
{{- if $at.ca -}}{{- $_ := set $smtp "certificateAuthorities" "/etc/lonja/smtp-ca/smtp.crt" -}}{{- end -}}
{{- $_ := set $own "mail" (dict "smtp" $smtp) -}}
{{- end -}}
{{- /* What the plugin's entry says wins. A section without a key would be refused where the plugin has no settings. */ -}}
{{- toYaml (mergeOverwrite (ternary (dict .name $own) dict (not (empty $own))) $config) -}}
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
