import SwiftProtobuf
internal import SwiftProtobuf

/// `grpc.reflection.v1alpha.ServerReflection`: the same for tools that only know this version.
struct ReflectionServiceV1Alpha: RPCService {
    /// See `RPCService`.
    static let serviceDescriptor = ServiceDescriptor(
        name: "grpc.reflection.v1alpha.ServerReflection",
        methodCount: 1,
        file: .grpcReflectionV1Alpha
    )

    static let info = MethodDescriptor<
        Grpc_Reflection_V1alpha_ServerReflectionRequest, Grpc_Reflection_V1alpha_ServerReflectionResponse
    >(
        service: "grpc.reflection.v1alpha.ServerReflection",
        name: "ServerReflectionInfo",
        index: 0,
        kind: .bidirectional,
        idempotent: true
    )

    let catalog: ReflectionCatalog

    /// See `RPCService`.
    func register(in routes: inout RPCRoutes) {
        routes.bidirectional(Self.info) { requests, responses, _ in
            for try await request in requests {
                try await responses.write(answer(request))
            }
        }
    }

    func answer(
        _ request: Grpc_Reflection_V1alpha_ServerReflectionRequest
    ) -> Grpc_Reflection_V1alpha_ServerReflectionResponse {
        let question: ReflectionCatalog.Question? =
            switch request.messageRequest {
            case .fileByFilename(let name): .file(name)
            case .fileContainingSymbol(let symbol): .symbol(symbol)
            case .fileContainingExtension, .allExtensionNumbersOfType: .extensions
            case .listServices: .services
            case nil: nil
            }
        return .with { response in
            response.validHost = request.host
            response.originalRequest = request
            switch catalog.answer(question) {
            case .files(let files): response.fileDescriptorResponse = .with { $0.fileDescriptorProto = files }
            case .services(let names):
                response.listServicesResponse = .with { $0.service = names.map { name in .with { $0.name = name } } }
            case .error(let error):
                response.errorResponse = .with {
                    $0.errorCode = Int32(error.code.rawValue)
                    $0.errorMessage = error.message
                }
            }
        }
    }
}
