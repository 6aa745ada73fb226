import SwiftProtobuf
import Synchronization

/// `grpc.health.v1.Health`: says of each service, and of the process (the empty name), whether it serves. The host sets
/// it, load balancers and probes ask. Any thread.
public final class HealthService: RPCService {
    /// See `RPCService`.
    public static let serviceDescriptor = ServiceDescriptor(
        name: "grpc.health.v1.Health",
        methodCount: 3,
        file: .grpcHealthV1
    )
    /// The most services `List` answers for.
    public static let listLimit = 100

    static let check = MethodDescriptor<Grpc_Health_V1_HealthCheckRequest, Grpc_Health_V1_HealthCheckResponse>(
        service: "grpc.health.v1.Health",
        name: "Check",
        index: 0,
        kind: .unary,
        idempotent: true
    )
    static let list = MethodDescriptor<Grpc_Health_V1_HealthListRequest, Grpc_Health_V1_HealthListResponse>(
        service: "grpc.health.v1.Health",
        name: "List",
        index: 1,
        kind: .unary,
        idempotent: true
    )
    static let watch = MethodDescriptor<Grpc_Health_V1_HealthCheckRequest, Grpc_Health_V1_HealthCheckResponse>(
        service: "grpc.health.v1.Health",
        name: "Watch",
        index: 2,
        kind: .serverStreaming,
        idempotent: false
    )

    private let board: Mutex<HealthBoard>

    /// Knows the process and `services`, none of them serving yet.
    public init(services: [String] = []) {
        board = Mutex(HealthBoard(services: services))
    }

    /// Says whether a service serves; the empty name stands for the process.
    public func set(_ service: String = "", serving: Bool) {
        board.withLock { $0.set(service, serving ? .serving : .notServing) }
    }

    /// Says it of the process and of every service it knows.
    public func setAll(serving: Bool) {
        for service in board.withLock({ $0.services }) {
            set(service, serving: serving)
        }
    }

    /// Ends every `Watch` with UNAVAILABLE once its client has the last status, and each that begins later after its
    /// first: a drain does not wait for streams that have no end of their own.
    public func endWatches() {
        board.withLock { $0.endWatches() }
    }

    /// See `RPCService`.
    public func register(in routes: inout RPCRoutes) {
        routes.unary(Self.check) { [self] request, _ in
            guard let status = board.withLock({ $0.status(of: request.service) }) else {
                throw RPCError(.notFound, "unknown service")
            }
            return .with { $0.status = status }
        }
        routes.unary(Self.list) { [self] _, _ in
            let all = board.withLock { $0.all }
            guard all.count <= Self.listLimit else {
                throw RPCError(.resourceExhausted, "more than \(Self.listLimit) services")
            }
            return .with { $0.statuses = all.mapValues { status in .with { $0.status = status } } }
        }
        routes.serverStreaming(Self.watch) { [self] request, writer, _ in
            // Only the newest status matters to a watcher that is slow.
            let (changes, continuation) = AsyncStream.makeStream(
                of: HealthBoard.Status.self,
                bufferingPolicy: .bufferingNewest(1)
            )
            let ticket = board.withLock { $0.watch(request.service, continuation) }
            defer { board.withLock { $0.unwatch(request.service, ticket) } }
            for await status in changes {
                try await writer.write(.with { $0.status = status })
            }
            try Task.checkCancellation()
            throw RPCError(.unavailable, "the server is going away")
        }
    }
}
