{{/* What the schema cannot say. Included once, by the first template that is rendered. */}}
{{- define "lonja.checks" -}}
{{- $prod := eq .Values.environment "prod" -}}
{{- $plugins := include "lonja.plugins" . | fromYaml -}}
{{- range $name, $plugin := $plugins -}}
{{- $at := printf "plugins.%s" $name -}}
{{- $drain := $plugin.drain -}}
{{- if le (int $drain.graceSeconds) (add (int $drain.preStopSeconds) (int $drain.delaySeconds) (int $drain.deadlineSeconds)) -}}
{{- fail (printf "%s.drain.graceSeconds must exceed preStopSeconds + delaySeconds + deadlineSeconds" $at) -}}
{{- end -}}
{{- if and $plugin.hpa.enabled (gt (int $plugin.hpa.min) (int $plugin.hpa.max)) -}}
{{- fail (printf "%s.hpa.min exceeds max" $at) -}}
{{- end -}}
{{- with $plugin.storage -}}
{{- if and (eq .accessMode "ReadWriteOnce") (not .sameNode) (gt (int (include "lonja.most" $plugin)) 1) -}}
{{- fail (printf "%s has several pods, but its storage is ReadWriteOnce: use ReadWriteMany, or sameNode where the volume is bound to a node" $at) -}}
{{- end -}}
{{- end -}}
{{- range $key, $from := $plugin.secretValues -}}
{{- if hasKey $plugin.secrets $key -}}{{- fail (printf "%s.secretValues and secrets both have %s" $at $key) -}}{{- end -}}
{{- end -}}
{{- if $prod -}}
{{- if $plugin.secretValues -}}{{- fail (printf "%s.secretValues: prod takes secrets by reference only" $at) -}}{{- end -}}
{{- if lt (int (ternary $plugin.hpa.min $plugin.replicas $plugin.hpa.enabled)) 2 -}}
{{- fail (printf "%s has fewer than 2 replicas in prod" $at) -}}
{{- end -}}
{{- if not $plugin.pdb.enabled -}}{{- fail (printf "%s.pdb is needed in prod" $at) -}}{{- end -}}
{{- end -}}
{{- end -}}
{{- if $prod -}}
{{- if or (not .Values.backup.enabled) (not .Values.backup.restore.schedule) -}}
{{- fail "backup.enabled and backup.restore.schedule are needed in prod: a backup that was never restored is none" -}}
{{- end -}}
{{- if and .Values.ingress.enabled (not .Values.ingress.tls.enabled) -}}{{- fail "ingress.tls.enabled is needed in prod" -}}{{- end -}}
{{- end -}}
{{- if and .Values.traces.enabled .Values.traces.certificate (not (and (include "lonja.tls" .) .Values.external.collector.ca)) -}}
{{- fail "traces.certificate needs external.collector.ca, and tls.mode other than off" -}}
{{- end -}}
{{- if lt (int .Values.tls.authorityDays) (mul 4 (int .Values.tls.days)) -}}
{{- fail "tls.authorityDays must be four times tls.days at least: what an authority signs must end before it does" -}}
{{- end -}}
{{- if and .Values.backup.enabled .Values.backup.photosOf -}}
{{- $photos := get $plugins .Values.backup.photosOf | default dict -}}
{{- if not $photos.storage -}}{{- fail (printf "backup.photosOf names %s, which has no storage" .Values.backup.photosOf) -}}{{- end -}}
{{- end -}}
{{- end -}}
