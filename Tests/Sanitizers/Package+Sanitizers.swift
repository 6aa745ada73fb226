// `run` puts this behind the root's Package.swift: of its targets, those tests alone that need no server from outside.

let wanted = [
    "ConfigTests", "DigestTests", "HTTPTests", "MoneyTests", "ObserveTests", "PluginTests", "RESTTests", "RPCTests",
    "ReactorTests", "TLSTests",
]

/// Names of the targets of this package that a target is built from, itself included.
func parts(of name: String, among targets: [Target]) -> [String] {
    guard let target = targets.first(where: { $0.name == name }) else { return [] }
    return [name]
        + target.dependencies.flatMap { dependency in
            switch dependency {
            case .byNameItem(let name, _), .targetItem(let name, _): parts(of: name, among: targets)
            default: [String]()
            }
        }
}

let kept = Set(wanted.flatMap { parts(of: $0, among: package.targets) })
package.products = []
package.targets = package.targets.filter { kept.contains($0.name) }
