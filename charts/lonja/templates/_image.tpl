{{/* A reference to an image: (dict "root" $ "image" … "what" "image"). */}}
{{- define "lonja.image" -}}
{{- $prod := eq .root.Values.environment "prod" -}}
{{- if .image.digest -}}
{{- .image.repository -}}@{{- .image.digest -}}
{{- else if $prod -}}
{{- fail (printf "%s.digest is not set; prod runs images by digest only" .what) -}}
{{- else -}}
{{- .image.repository -}}:{{- .image.tag | default .root.Chart.AppVersion -}}
{{- end -}}
{{- end -}}
