import SwiftProtobuf
import Testing

@testable import RPC

@Suite struct ReflectionServiceTests {
    private typealias Request = Grpc_Reflection_V1_ServerReflectionRequest
    private typealias Response = Grpc_Reflection_V1_ServerReflectionResponse

    private func ask(_ requests: [Request]) async throws -> [Response] {
        let services: [any RPCService] = [HealthService()]
        let peer = RPCPeer(name: "reflection")
        peer.bind(local: try RPCServiceTable(services + ReflectionService.both(describing: services)))
        return try await peer.bidirectional(ReflectionService.info, .root()) { writer, reader in
            var answers: [Response] = []
            for request in requests {
                try await writer.write(request)
                if let answer = try await reader.next() { answers.append(answer) }
            }
            try await writer.finish()
            #expect(try await reader.next() == nil)
            return answers
        }
    }

    @Test func listsServices() async throws {
        let answer = try await ask([.with { $0.listServices = "*" }])
        #expect(
            answer.first?.listServicesResponse.service.map(\.name) == [
                "grpc.health.v1.Health", "grpc.reflection.v1.ServerReflection",
                "grpc.reflection.v1alpha.ServerReflection",
            ]
        )
    }

    @Test(arguments: [
        "grpc.health.v1.Health", "grpc.health.v1.Health.Watch", "grpc.health.v1.HealthCheckResponse",
        "grpc.health.v1.HealthCheckResponse.ServingStatus", "grpc.health.v1.HealthCheckRequest.service",
    ])
    func findsSymbols(symbol: String) async throws {
        let answer = try #require(try await ask([.with { $0.fileContainingSymbol = symbol }]).first)
        let bytes = try #require(answer.fileDescriptorResponse.fileDescriptorProto.first)
        let file = try Google_Protobuf_FileDescriptorProto(serializedBytes: bytes)
        #expect(file.name == "grpc/health/v1/health.proto")
        #expect(file.service.first?.method.map(\.name) == ["Check", "List", "Watch"])
        #expect(answer.originalRequest.fileContainingSymbol == symbol)
    }

    @Test func everyBuiltInFileIsThere() async throws {
        let names = [
            "grpc/health/v1/health.proto", "grpc/reflection/v1/reflection.proto",
            "grpc/reflection/v1alpha/reflection.proto",
        ]
        let answers = try await ask(names.map { name in .with { $0.fileByFilename = name } })
        let found = try answers.map {
            let bytes = try #require($0.fileDescriptorResponse.fileDescriptorProto.first)
            return try Google_Protobuf_FileDescriptorProto(serializedBytes: bytes).name
        }
        #expect(found == names)
    }

    @Test func whatIsNotThereIsAnErrorInTheStream() async throws {
        let answers = try await ask([
            .with { $0.fileByFilename = "x.proto" }, .with { $0.fileContainingSymbol = "x.Y" },
            .with { $0.allExtensionNumbersOfType = "x.Y" }, .with { $0.fileContainingExtension = .init() }, .init(),
        ])
        #expect(answers.map(\.errorResponse.errorCode) == [5, 5, 5, 5, 3])
    }

    @Test func theOlderVersionAnswersTheSame() async throws {
        let service = ReflectionServiceV1Alpha(catalog: ReflectionCatalog([HealthService.serviceDescriptor]))
        let listed = service.answer(.with { $0.listServices = "" }).listServicesResponse.service.map(\.name)
        #expect(listed == ["grpc.health.v1.Health"])
        #expect(service.answer(.with { $0.fileByFilename = "x" }).errorResponse.errorCode == 5)
    }
}
