import FoundationEssentials
import SwiftProtobuf
import Synchronization

/// What reflection answers from, whatever its version. Built when first asked: most processes never are.
final class ReflectionCatalog: Sendable {
    enum Question {
        case file(String)
        case symbol(String)
        /// proto3 has no extensions but those of options, and nobody looks for these here.
        case extensions
        case services
    }

    enum Answer {
        /// Serialised, the one asked for first, then what it imports.
        case files([Data])
        case services([String])
        case error(RPCError)
    }

    private struct Index {
        var files: [String: FileDescriptorBytes] = [:]
        /// Full name to file name.
        var symbols: [String: String] = [:]
    }

    private let services: [ServiceDescriptor]
    private let index = Mutex<Index?>(nil)

    init(_ services: [ServiceDescriptor]) {
        self.services = services
    }

    func answer(_ question: Question?) -> Answer {
        switch question {
        case .services: .services(services.map(\.name).sorted())
        case .file(let name): files(name) ?? .error(RPCError(.notFound, "no such file"))
        case .symbol(let symbol):
            built.symbols[symbol].flatMap(files) ?? .error(RPCError(.notFound, "no such symbol"))
        case .extensions: .error(RPCError(.notFound, "no such extension"))
        case nil: .error(RPCError(.invalidArgument, "nothing was asked"))
        }
    }

    private func files(_ name: String) -> Answer? {
        guard let first = built.files[name] else { return nil }
        var seen: Set<String> = [name]
        var order = [first]
        var next = 0
        while next < order.count {
            for file in order[next].dependencies where seen.insert(file.name).inserted {
                order.append(file)
            }
            next += 1
        }
        return .files(order.map { Data($0.bytes) })
    }

    private var built: Index {
        index.withLock { index in
            if let index { return index }
            var new = Index()
            var rest = services.map(\.file)
            while let file = rest.popLast() {
                guard new.files.updateValue(file, forKey: file.name) == nil else { continue }
                rest += file.dependencies
                if let parsed = try? Google_Protobuf_FileDescriptorProto(serializedBytes: file.bytes) {
                    for symbol in Self.symbols(of: parsed) {
                        new.symbols[symbol] = file.name
                    }
                }
            }
            index = new
            return new
        }
    }

    private static func symbols(of file: Google_Protobuf_FileDescriptorProto) -> [String] {
        let prefix = file.package.isEmpty ? "" : file.package + "."
        var names = file.enumType.map { prefix + $0.name }
        for service in file.service {
            names.append(prefix + service.name)
            names += service.method.map { "\(prefix)\(service.name).\($0.name)" }
        }
        var rest = file.messageType.map { (prefix + $0.name, $0) }
        while let (name, message) = rest.popLast() {
            names.append(name)
            names += message.field.map { "\(name).\($0.name)" }
            names += message.enumType.map { "\(name).\($0.name)" }
            rest += message.nestedType.map { ("\(name).\($0.name)", $0) }
        }
        return names
    }
}
