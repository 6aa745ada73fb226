{{/* The plugins that are enabled, each with `defaults` below its own entry, as YAML. Both sides are copied: merging
changes its left side, and the second rendering would see other defaults. */}}
{{- define "lonja.plugins" -}}
{{- $all := dict -}}
{{- range $name, $entry := .Values.plugins -}}
{{- $plugin := mergeOverwrite (deepCopy $.Values.defaults) (deepCopy ($entry | default dict)) -}}
{{- if $plugin.enabled -}}
{{- $_ := set $plugin "config" (mergeOverwrite (deepCopy $.Values.config) $plugin.config) -}}
{{- if $.Values.traces.enabled -}}{{- $_ := set $plugin "external" (append $plugin.external "collector" | uniq) -}}{{- end -}}
{{- $_ := set $all $name $plugin -}}
{{- end -}}
{{- end -}}
{{- range $name, $plugin := $all -}}
{{- range $plugin.calls -}}
{{- if not (hasKey $all .) -}}{{- fail (printf "plugins.%s.calls names %s, which is no enabled plugin" $name .) -}}{{- end -}}
{{- if eq $name . -}}{{- fail (printf "plugins.%s.calls names itself" $name) -}}{{- end -}}
{{- end -}}
{{- range $caller, $_ := $plugin.methods -}}
{{- if not (hasKey $.Values.plugins $caller) -}}{{- fail (printf "plugins.%s.methods names %s, which is no plugin" $name $caller) -}}{{- end -}}
{{- end -}}
{{- range $plugin.external -}}
{{- if not (hasKey $.Values.external .) -}}
{{- fail (printf "plugins.%s.external names %s, which is not below external" $name .) -}}
{{- end -}}
{{- end -}}
{{- end -}}
{{- toYaml $all -}}
{{- end -}}

{{/* Those that call it: (dict "plugins" … "name" …), as YAML. */}}
{{- define "lonja.callers" -}}
{{- $callers := list -}}
{{- range $name, $plugin := .plugins -}}
{{- if has $.name $plugin.calls -}}{{- $callers = append $callers $name -}}{{- end -}}
{{- end -}}
{{- toYaml $callers -}}
{{- end -}}

{{/* Whether several pods of it may run at once. */}}
{{- define "lonja.most" -}}
{{- if .hpa.enabled -}}{{- .hpa.max -}}{{- else -}}{{- .replicas -}}{{- end -}}
{{- end -}}
