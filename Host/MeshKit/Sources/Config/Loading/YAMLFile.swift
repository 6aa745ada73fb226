import Observe
import Yams

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
            guard let root = try compose(yaml: text) else { return layer }
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

        mutating func visit(_ node: Node, key: String) {
            switch node {
            case .mapping(let mapping):
                if mapping.isEmpty { return }
                if schema.settings[key] != nil { return refuse(node, key, "must be a value, not a mapping") }
                for (name, value) in mapping {
                    let part = name.string ?? ""
                    visit(value, key: key.isEmpty ? part : "\(key).\(part)", at: name)
                }
            case .scalar, .sequence, .alias:
                if key.isEmpty { refuse(node, path, "must be a mapping of keys") }
            }
        }

        /// `name` is the node of the key itself: its line is the one to show.
        private mutating func visit(_ node: Node, key: String, at name: Node) {
            let origin = "\(path):\(name.mark?.line ?? 0)"
            if case .mapping(let mapping) = node, !mapping.isEmpty {
                return visit(node, key: key)
            }
            guard schema.settings[key] != nil else {
                if !schema.tolerates(key), !schema.isParent(key, of: node) {
                    problems.append(.unknown(key, at: origin, among: schema.settings.keys))
                }
                return
            }
            if values[key] != nil { return refuse(name, key, "is given twice") }
            switch node {
            case .scalar(let scalar):
                // A key without a value (`driver:`) counts as not given.
                if node.tag.rawValue == Tag.Name.null.rawValue { return }
                values[key] = SettingSources.Found(raw: .text(scalar.string), origin: origin)
            case .sequence(let sequence):
                let items = sequence.compactMap { $0.scalar?.string }
                guard items.count == sequence.count else { return refuse(name, key, "must be a sequence of texts") }
                values[key] = SettingSources.Found(raw: .list(items), origin: origin)
            case .mapping, .alias:
                refuse(name, key, "must be a value")
            }
        }

        private mutating func refuse(_ node: Node, _ key: String, _ why: String) {
            let origin = "\(path):\(node.mark?.line ?? 0)"
            problems.append(.init(code: .invalidValue, subject: key, description: "\(key) (\(origin)) \(why)"))
        }
    }
}

extension SettingSchema {
    /// Whether `node` is an empty mapping or nothing, where settings could stand: `market:` with all of it commented out.
    fileprivate func isParent(_ key: String, of node: Node) -> Bool {
        let empty =
            switch node {
            case .mapping(let mapping): mapping.isEmpty
            case .scalar: node.tag.rawValue == Tag.Name.null.rawValue
            default: false
            }
        return empty && settings.keys.contains { $0.hasPrefix(key + ".") }
    }
}
