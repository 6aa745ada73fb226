{{/* Where certificates come from: secret, cert-manager or job; nothing if calls are in plain text. A bare `off` is false in YAML. */}}
{{- define "lonja.tls" -}}
{{- if not (has (toString .Values.tls.mode) (list "off" "false")) -}}{{- .Values.tls.mode -}}{{- end -}}
{{- end -}}

{{/* The names that each certificate is for, by component, as YAML. Who a plugin is, is the first label of its names. */}}
{{- define "lonja.certificates" -}}
{{- $plugins := include "lonja.plugins" . | fromYaml -}}
{{- $all := dict -}}
{{- $zone := printf "%s.svc" .Release.Namespace -}}
{{- range $name, $plugin := $plugins -}}
{{- $_ := set $all $name (list $name (printf "%s.%s" $name $zone) (printf "%s.%s.cluster.local" $name $zone)) -}}
{{- end -}}
{{- range $name, $host := .Values.tls.servers -}}
{{- if hasKey $plugins $name -}}{{- fail (printf "tls.servers names %s, which is a plugin" $name) -}}{{- end -}}
{{- if hasKey $plugins (first (splitList "." $host)) -}}
{{- fail (printf "tls.servers.%s is called %s, which is the name of a plugin: it could pass for that plugin" $name $host) -}}
{{- end -}}
{{- $_ := set $all $name (list $host (printf "%s.%s" $host $zone) (printf "%s.%s.cluster.local" $host $zone)) -}}
{{- end -}}
{{- toYaml $all -}}
{{- end -}}

{{/* Who may call a plugin, a line for each rule of host.rpc.tls.callers: (dict "plugins" … "name" … "plugin" …). The most
specific decides alone; a plugin may always call itself. */}}
{{- define "lonja.callerRules" -}}
{{- $name := .name -}}
{{- $all := list -}}
{{- $some := dict -}}
{{- range include "lonja.callers" . | fromYamlArray -}}
{{- if hasKey $.plugin.methods . -}}
{{- $caller := . -}}
{{- range get $.plugin.methods $caller -}}{{- $_ := set $some . (append (get $some . | default list) $caller) -}}{{- end -}}
{{- else -}}
{{- $all = append $all . -}}
{{- end -}}
{{- end -}}
{{- $rules := list (printf "%s: %s" $name (join " " $all)) -}}
{{- range $method, $callers := $some -}}
{{- $rules = append $rules (printf "%s/lonja.%s.v1.%s/%s: %s" $name $name (title $name) $method (concat $all $callers | sortAlpha | join " ")) -}}
{{- end -}}
{{- range $rules }}{{ trim . }}
{{ end -}}
{{- end -}}
