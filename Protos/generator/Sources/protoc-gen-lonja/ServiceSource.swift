import Foundation
import SwiftProtobuf
import SwiftProtobufPluginLibrary

/// The stubs of a file's services: descriptors, the protocol a plugin implements, and the client.
struct ServiceSource {
    private let file: FileDescriptor
    private let namer: SwiftProtobufNamer

    init(_ file: FileDescriptor) {
        self.file = file
        namer = SwiftProtobufNamer(
            currentFile: file,
            protoFileToModuleMappings: ProtoFileToModuleMappings()
        )
    }

    func text() throws -> String {
        var source = SourceText(from: file, imports: ["public import RPC"])
        for service in file.services {
            try methods(service, &source)
            serving(service, &source)
            client(service, &source)
        }
        try descriptors(&source)
        return source.text
    }

    private func types(_ method: MethodDescriptor) -> (request: String, response: String) {
        (namer.fullName(message: method.inputType), namer.fullName(message: method.outputType))
    }

    /// The argument of a method that asks for hedging.
    private func hedging(_ method: MethodDescriptor) throws -> String {
        guard method.options.hasLonjaOptionshedging else { return "" }
        let hedging = method.options.LonjaOptionshedging
        guard method.isIdempotent, method.kind == "unary" else {
            throw GeneratorError("\(method.fullName): hedging is for unary methods that are marked idempotent")
        }
        guard (2...3).contains(hedging.attempts), hedging.delayMs > 0 else {
            throw GeneratorError("\(method.fullName): hedging is two or three attempts, with a delay between them")
        }
        return ", hedging: HedgingPolicy(delayMilliseconds: \(hedging.delayMs), attempts: \(hedging.attempts))"
    }

    private func methods(_ service: ServiceDescriptor, _ source: inout SourceText) throws {
        source.line()
        source.line("/// The methods of `\(service.fullName)`.")
        try source.block("public enum \(namer.base(service))Methods") { source in
            for (index, method) in service.methods.enumerated() {
                let (request, response) = types(method)
                source.line("/// `\(method.name)`.")
                source.line("public static let \(method.name.lowerFirst) = MethodDescriptor<\(request), \(response)>(")
                source.line(
                    "    service: \"\(service.fullName)\", name: \"\(method.name)\", index: \(index), "
                        + "kind: .\(method.kind), idempotent: \(method.isIdempotent)"
                        + (try hedging(method))
                )
                source.line(")")
            }
        }
    }

    private func serving(_ service: ServiceDescriptor, _ source: inout SourceText) {
        let base = namer.base(service)
        source.line()
        source.documentation(service.protoSourceComments(), otherwise: "`\(service.fullName)`.")
        source.block("public protocol \(base)Serving: RPCService") { source in
            for method in service.methods {
                source.documentation(method.protoSourceComments(), otherwise: "`\(method.name)`.")
                source.line(signature(method))
            }
        }
        source.line()
        source.block("extension \(base)Serving") { source in
            source.line("/// What the service is called and looks like.")
            source.block("public static var serviceDescriptor: ServiceDescriptor") { source in
                source.line("ServiceDescriptor(")
                source.line("    name: \"\(service.fullName)\",")
                source.line("    methodCount: \(service.methods.count),")
                source.line("    file: \(namer.filesName(file)).\(namer.propertyName(file))")
                source.line(")")
            }
            source.line()
            source.line("/// Puts each method into the table.")
            source.block("public func register(in routes: inout RPCRoutes)") { source in
                for method in service.methods {
                    let name = method.name.lowerFirst
                    let (arguments, call) = method.handlerArguments
                    source.line(
                        "routes.\(method.kind)(\(base)Methods.\(name)) { [self] \(arguments) in try await \(name)(\(call)) }"
                    )
                }
            }
            for method in service.methods {
                source.line()
                source.line("/// Answers UNIMPLEMENTED.")
                source.block("public " + signature(method)) { source in
                    let path = "\(service.fullName)/\(method.name)"
                    source.line("throw RPCError(.unimplemented, \"\(path) is not implemented\")")
                }
            }
        }
    }

    private func signature(_ method: MethodDescriptor) -> String {
        let (request, response) = types(method)
        let name = method.name.lowerFirst
        return switch method.kind {
        case "unary": "func \(name)(_ request: \(request), _ context: CallContext) async throws -> \(response)"
        case "clientStreaming":
            "func \(name)(_ requests: RPCReader<\(request)>, _ context: CallContext) async throws -> \(response)"
        case "serverStreaming":
            "func \(name)(_ request: \(request), _ responses: RPCWriter<\(response)>, _ context: CallContext) async throws"
        default:
            "func \(name)(_ requests: RPCReader<\(request)>, _ responses: RPCWriter<\(response)>, "
                + "_ context: CallContext) async throws"
        }
    }

    private func client(_ service: ServiceDescriptor, _ source: inout SourceText) {
        let base = namer.base(service)
        source.line()
        source.line("/// Calls `\(service.fullName)`, in this process or another.")
        source.block("public struct \(base)Client: Sendable") { source in
            source.line("/// Where the service is.")
            source.line("public let peer: RPCPeer")
            source.line()
            source.line("/// A client of a peer.")
            source.block("public init(_ peer: RPCPeer)") { $0.line("self.peer = peer") }
            for method in service.methods {
                source.line()
                source.documentation(method.protoSourceComments(), otherwise: "`\(method.name)`.")
                clientMethod(method, base, &source)
            }
        }
    }

    private func clientMethod(_ method: MethodDescriptor, _ base: String, _ source: inout SourceText) {
        let (request, response) = types(method)
        let name = method.name.lowerFirst
        let call = "try await peer.\(method.kind)(\(base)Methods.\(name)"
        switch method.kind {
        case "unary":
            let head = "public func \(name)(_ request: \(request), _ context: CallContext) async throws -> \(response)"
            source.block(head) { $0.line("\(call), request, context)") }
        case "clientStreaming":
            let body = "_ send: (RPCWriter<\(request)>) async throws -> Void"
            let head = "public func \(name)(_ context: CallContext, \(body)) async throws -> \(response)"
            source.block(head) { $0.line("\(call), context, send)") }
        case "serverStreaming":
            let body = "_ receive: (RPCReader<\(response)>) async throws -> Result"
            let head = "_ request: \(request), _ context: CallContext, \(body)"
            source.block("public func \(name)<Result>(\(head)) async throws -> Result") {
                $0.line("\(call), request, context, receive)")
            }
        default:
            let body = "_ exchange: (RPCWriter<\(request)>, RPCReader<\(response)>) async throws -> Result"
            source.block("public func \(name)<Result>(_ context: CallContext, \(body)) async throws -> Result") {
                $0.line("\(call), context, exchange)")
            }
        }
    }

    /// The file and all that it imports, without comments: reflection hands out every one of them.
    private func descriptors(_ source: inout SourceText) throws {
        var files: [FileDescriptor] = []
        func visit(_ file: FileDescriptor) {
            guard !files.contains(where: { $0.name == file.name }) else { return }
            file.dependencies.forEach(visit)
            files.append(file)
        }
        visit(file)
        source.line()
        try source.block("private enum \(namer.filesName(file))") { source in
            for file in files {
                let bytes: Data = try file.extractProto().serializedBytes()
                let imports = file.dependencies.map(namer.propertyName).joined(separator: ", ")
                source.line("static let \(namer.propertyName(file)) = FileDescriptorBytes(")
                source.line("    name: \"\(file.name)\",")
                source.line("    dependencies: [\(imports)],")
                source.line("    base64: \"\(bytes.base64EncodedString())\"")
                source.line(")")
            }
        }
    }
}

extension SwiftProtobufNamer {
    /// The type that holds the descriptors which a generated file needs.
    func filesName(_ file: FileDescriptor) -> String { "\(typePrefix(forFile: file))Files" }

    /// "lonja/market/v1/market.proto" is "lonjaMarketV1Market".
    func propertyName(_ file: FileDescriptor) -> String {
        String(file.name.dropLast(".proto".count)).replacing("/", with: "_").lowerCamel
    }
}

extension MethodDescriptor {
    /// Whether the proto says that repeating the call does no harm.
    var isIdempotent: Bool {
        options.idempotencyLevel == .noSideEffects || options.idempotencyLevel == .idempotent
    }

    /// As `RPCKind` has it.
    var kind: String {
        switch (clientStreaming, serverStreaming) {
        case (false, false): "unary"
        case (true, false): "clientStreaming"
        case (false, true): "serverStreaming"
        case (true, true): "bidirectional"
        }
    }

    var handlerArguments: (arguments: String, call: String) {
        switch kind {
        case "unary": ("request, context", "request, context")
        case "clientStreaming": ("requests, context", "requests, context")
        case "serverStreaming": ("request, responses, context", "request, responses, context")
        default: ("requests, responses, context", "requests, responses, context")
        }
    }
}
