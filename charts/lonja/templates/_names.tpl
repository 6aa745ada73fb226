{{/* Names and labels. Plugin names have at most 20 characters, so that all stays below 63. */}}
{{- define "lonja.fullname" -}}
{{- if not (regexMatch "^[a-z][a-z0-9-]{0,34}[a-z0-9]$" .Release.Name) -}}
{{- fail (printf "the release is called %q: use 2 to 36 of a-z, 0-9 and -, beginning with a letter" .Release.Name) -}}
{{- end -}}
{{- .Release.Name -}}
{{- end -}}

{{/* (dict "root" $ "component" name) */}}
{{- define "lonja.selector" -}}
app.kubernetes.io/name: lonja
app.kubernetes.io/instance: {{ .root.Release.Name }}
app.kubernetes.io/component: {{ .component }}
{{- end -}}

{{- define "lonja.labels" -}}
{{ include "lonja.selector" . }}
app.kubernetes.io/part-of: lonja
app.kubernetes.io/managed-by: {{ .root.Release.Service }}
app.kubernetes.io/version: {{ .root.Chart.AppVersion | quote }}
helm.sh/chart: {{ printf "%s-%s" .root.Chart.Name .root.Chart.Version }}
{{- end -}}

{{/* metadata of an object: (dict "root" $ "component" name "suffix" "-http") */}}
{{- define "lonja.metadata" -}}
name: {{ include "lonja.fullname" .root }}-{{ .component }}{{ .suffix }}
namespace: {{ .root.Release.Namespace }}
labels:
  {{- include "lonja.labels" . | nindent 2 }}
{{- end -}}
