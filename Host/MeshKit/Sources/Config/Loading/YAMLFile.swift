import Observe

/// The file of `LONJA_CONFIG`, flattened to dotted keys with their lines.
enum YAMLFile {
    private static let variable = "LONJA_CONFIG"
    /// Far above any configuration; keeps a wrong path from filling memory.
    private static let maximumSize = 1 << 20

    static func layer(_ path: String?, _ schema: SettingSchema) -> SettingSources.Layer {
        var layer = SettingSources.Layer(name: "yaml")
        guard let path else { return layer }
        do {
            let text = try FileText.read(path, maximum: maximumSize)
            guard let root = try YAMLReader.read(text) else { return layer }
            var flattener = Flattener(path: path, schema: schema)
            flattener.visit(root, key: "")
            layer.values = flattener.values
            layer.problems = flattener.problems
        } catch let error as FileText.Failure {
            layer.problems.append(.unreadable(path, error.why, from: variable))
        } catch {
            layer.problems.append(.unreadable(path, "is not YAML: \(error)", from: variable))
        }
        return layer
    }

    private struct Flattener {
        let path: String
        let schema: SettingSchema
        var values: [String: SettingSources.Found] = [:]
        var problems: [ConfigurationError.Problem] = []

        mutating func visit(_ node: YAMLNode, key: String) {
            switch node.content {
            case .mapping(let pairs):
                if pairs.isEmpty { return }
                if schema.settings[key] != nil { return refuse(node, key, "must be a value, not a mapping") }
                for (name, value) in pairs {
                    let part = name.text ?? ""
                    visit(value, key: key.isEmpty ? part : "\(key).\(part)", at: name)
                }
            case .null, .scalar, .sequence:
                if key.isEmpty { refuse(node, path, "must be a mapping of keys") }
            }
        }

        /// `name` is the node of the key itself: its line is the one to show.
        private mutating func visit(_ node: YAMLNode, key: String, at name: YAMLNode) {
            let origin = "\(path):\(name.line)"
            if case .mapping(let pairs) = node.content, !pairs.isEmpty {
                return visit(node, key: key)
            }
            guard schema.settings[key] != nil else {
                if !schema.tolerates(key), !schema.isParent(key, of: node) {
                    problems.append(.unknown(key, at: origin, among: schema.settings.keys))
                }
                return
            }
            if values[key] != nil { return refuse(name, key, "is given twice") }
            switch node.content {
            case .null:
                // A key without a value (`driver:`) counts as not given.
                return
            case .scalar(let text):
                values[key] = SettingSources.Found(raw: .text(text), origin: origin)
            case .sequence(let nodes):
                let items = nodes.compactMap(\.text)
                guard items.count == nodes.count else { return refuse(name, key, "must be a sequence of texts") }
                values[key] = SettingSources.Found(raw: .list(items), origin: origin)
            case .mapping:
                refuse(name, key, "must be a value")
            }
        }

        private mutating func refuse(_ node: YAMLNode, _ key: String, _ why: String) {
            let origin = "\(path):\(node.line)"
            problems.append(.init(code: .invalidValue, subject: key, description: "\(key) (\(origin)) \(why)"))
        }
    }
}

extension SettingSchema {
    /// Whether `node` is an empty mapping or nothing, where settings could stand: `market:` with all of it commented out.
    fileprivate func isParent(_ key: String, of node: YAMLNode) -> Bool {
        let empty =
            switch node.content {
            case .mapping(let pairs): pairs.isEmpty
            case .null: true
            case .scalar, .sequence: false
            }
        return empty && settings.keys.contains { $0.hasPrefix(key + ".") }
    }
}
