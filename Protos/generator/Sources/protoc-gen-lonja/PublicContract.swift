import SwiftProtobuf
import SwiftProtobufPluginLibrary

/// The files of `lonja.api.v1`, and what they stand for in the services' own contracts.
struct PublicContract {
    static let package = "lonja.api.v1"

    /// In the order of their names.
    let files: [FileDescriptor]
    let problems: [PublicProblem]
    private let methods: [String: MethodDescriptor]
    private let messages: [String: Descriptor]

    init(_ all: [FileDescriptor]) throws {
        files = all.filter { $0.package == Self.package }.sorted { $0.name < $1.name }
        var methods: [String: MethodDescriptor] = [:]
        var messages: [String: Descriptor] = [:]
        for file in all where file.package != Self.package {
            for method in file.services.flatMap(\.methods) { methods[method.fullName] = method }
            for message in file.messages { Self.collect(message, into: &messages) }
        }
        self.methods = methods
        self.messages = messages
        problems = files.flatMap(\.enums).flatMap(\.values).compactMap(PublicProblem.init)
    }

    var routes: [PublicRoute] {
        get throws { try files.flatMap(\.services).flatMap(\.methods).map { try PublicRoute($0, self) } }
    }

    /// The service's method of that full name.
    func method(_ name: String) throws -> MethodDescriptor {
        guard let method = methods[name] else { throw GeneratorError("there is no method \(name)") }
        return method
    }

    /// The service's message that a public one is a view of; nil for one that is none.
    func source(of view: Descriptor) throws -> Descriptor? {
        guard view.options.hasLonjaOptionsview else { return nil }
        let name = view.options.LonjaOptionsview
        guard let message = messages[name] else {
            throw GeneratorError("\(view.fullName): there is no message \(name)")
        }
        return message
    }

    func problem(_ code: String) throws -> PublicProblem {
        guard let problem = problems.first(where: { $0.code == code }) else {
            throw GeneratorError("there is no problem \(code) in the catalogue")
        }
        return problem
    }

    private static func collect(_ message: Descriptor, into messages: inout [String: Descriptor]) {
        messages[message.fullName] = message
        for inner in message.messages { collect(inner, into: &messages) }
    }
}
