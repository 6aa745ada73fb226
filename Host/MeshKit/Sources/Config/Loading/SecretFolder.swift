/// The folder of `LONJA_SECRETS`: one file a key, named by it.
enum SecretFolder {
    private static let variable = "LONJA_SECRETS"
    private static let maximumSize = 1 << 16

    static func layer(_ path: String?, _ schema: SettingSchema) -> SettingSources.Layer {
        var layer = SettingSources.Layer(name: "secrets")
        guard let path else { return layer }
        let names: [String]
        do {
            names = try FileText.list(path)
        } catch {
            layer.problems.append(.unreadable(path, error.why, from: variable))
            return layer
        }
        // Names with a leading point are how Kubernetes keeps generations of a mounted folder (`..data`).
        for name in names where !name.hasPrefix(".") {
            guard schema.settings[name] != nil else {
                if !schema.tolerates(name) {
                    layer.problems.append(
                        .unknown(name, at: "secret file in \(path)", among: schema.settings.keys)
                    )
                }
                continue
            }
            do {
                var text = try FileText.read("\(path)/\(name)", maximum: maximumSize)
                // Editors and `kubectl create secret --from-file` leave one line feed at the end.
                if text.utf8.last == 0x0A { text.unicodeScalars.removeLast() }
                if text.utf8.last == 0x0D { text.unicodeScalars.removeLast() }
                layer.values[name] = SettingSources.Found(raw: .text(text), origin: "secret file \(path)/\(name)")
            } catch {
                layer.problems.append(.unreadable("\(path)/\(name)", error.why, from: variable))
            }
        }
        return layer
    }
}
