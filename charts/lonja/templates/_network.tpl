{{/* The peers of an external service, as the `to` of a rule. */}}
{{- define "lonja.externalPeers" -}}
{{- if or .podLabels .namespaceLabels }}
- podSelector:
    matchLabels:
      {{- toYaml (.podLabels | default dict) | nindent 6 }}
  {{- with .namespaceLabels }}
  namespaceSelector:
    matchLabels:
      {{- toYaml . | nindent 6 }}
  {{- end }}
{{- end }}
{{- range .cidrs }}
- ipBlock:
    cidr: {{ . }}
    {{- if and $.except (hasSuffix "/0" .) }}
    except:
      {{- toYaml $.except | nindent 6 }}
    {{- end }}
{{- end }}
{{- end -}}

{{/* Rules of egress to external services by name, and to the DNS of the cluster, without which nothing works. */}}
{{- define "lonja.egress" -}}
- to:
    - namespaceSelector:
        matchLabels:
          kubernetes.io/metadata.name: kube-system
      podSelector:
        matchLabels:
          k8s-app: kube-dns
  ports:
    - {protocol: UDP, port: 53}
    - {protocol: TCP, port: 53}
{{- range $name := .names }}
{{- $external := get $.root.Values.external $name }}
{{- if not $external }}{{ fail (printf "%s is not below external" $name) }}{{ end }}
{{- $peers := include "lonja.externalPeers" $external.to | trim }}
{{- if not $peers }}{{ fail (printf "external.%s.to names nobody: give podLabels or cidrs" $name) }}{{ end }}
- to:
    {{- $peers | nindent 4 }}
  ports:
    - {protocol: TCP, port: {{ $external.port | int }}}
{{- end }}
{{- end -}}
