import SwiftProtobufPluginLibrary

/// What the `http` options of all files together make public, whichever file declares it.
struct PublicSurface {
    /// The messages that answers are made of, well-known ones aside.
    private(set) var answers: [Descriptor] = []
    /// The enums that query parameters are of.
    private(set) var parameters: [EnumDescriptor] = []

    init(_ files: [FileDescriptor]) throws {
        for method in files.flatMap(\.services).flatMap(\.methods) where method.options.hasLonjaOptionshttp {
            let rule = method.options.LonjaOptionshttp
            if rule.status != 204 { try collect(method.outputType) }
            guard rule.body.isEmpty else { continue }
            for type in method.inputType.fields.compactMap(\.enumType)
            where !parameters.contains(where: { $0.fullName == type.fullName }) {
                parameters.append(type)
            }
        }
    }

    private mutating func collect(_ message: Descriptor) throws {
        guard !message.fullName.hasPrefix("google.protobuf."),
            !answers.contains(where: { $0.fullName == message.fullName })
        else { return }
        answers.append(message)
        for field in message.fields {
            guard field.type != .bytes, !field.isMap, field.realContainingOneof == nil else {
                throw GeneratorError("\(field.fullName): bytes, maps and oneofs have no form in the public API")
            }
            if let inner = field.messageType { try collect(inner) }
        }
    }
}
