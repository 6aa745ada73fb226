import RPC
import SwiftProtobuf
import Synchronization

typealias Text = Google_Protobuf_StringValue

/// A service with a method of each kind, whose handlers a test gives.
struct EchoFixture: RPCService {
    static let serviceDescriptor = ServiceDescriptor(
        name: "test.Echo",
        methodCount: 4,
        file: FileDescriptorBytes(name: "test.proto", base64: "")
    )
    static let one = MethodDescriptor<Text, Text>(
        service: "test.Echo",
        name: "One",
        index: 0,
        kind: .unary,
        idempotent: true
    )
    static let collect = MethodDescriptor<Text, Text>(
        service: "test.Echo",
        name: "Collect",
        index: 1,
        kind: .clientStreaming,
        idempotent: false
    )
    static let expand = MethodDescriptor<Text, Text>(
        service: "test.Echo",
        name: "Expand",
        index: 2,
        kind: .serverStreaming,
        idempotent: false
    )
    static let chat = MethodDescriptor<Text, Text>(
        service: "test.Echo",
        name: "Chat",
        index: 3,
        kind: .bidirectional,
        idempotent: false
    )

    var one: @Sendable (Text, CallContext) async throws -> Text = { request, _ in request }
    var collect: @Sendable (RPCReader<Text>, CallContext) async throws -> Text = { reader, _ in
        var all: [String] = []
        for try await text in reader {
            all.append(text.value)
        }
        return Text(all.joined(separator: ","))
    }
    var expand: @Sendable (Text, RPCWriter<Text>, CallContext) async throws -> Void = { request, writer, _ in
        for part in request.value.split(separator: ",") {
            try await writer.write(Text(String(part)))
        }
    }
    var chat: @Sendable (RPCReader<Text>, RPCWriter<Text>, CallContext) async throws -> Void = { reader, writer, _ in
        for try await text in reader {
            try await writer.write(Text("re: \(text.value)"))
        }
    }

    func register(in routes: inout RPCRoutes) {
        routes.unary(Self.one, one)
        routes.clientStreaming(Self.collect, collect)
        routes.serverStreaming(Self.expand, expand)
        routes.bidirectional(Self.chat, chat)
    }

    /// A peer that calls this service: typed, or as bytes.
    func peer(remote: Bool = false, observer: (any CallObserver)? = nil) throws -> RPCPeer {
        let peer = RPCPeer(name: "test")
        let table = try RPCServiceTable([self], observer: observer)
        if remote {
            peer.bind(remote: LoopbackTransport(table: table))
        } else {
            peer.bind(local: table)
        }
        return peer
    }
}

/// Keeps what it hears.
final class RecordingObserver: CallObserver {
    private let state = Mutex<[String]>([])
    var calls: [String] { state.withLock { $0 } }

    func recorder(of method: RPCMethod) -> any CallRecorder { Recorder(observer: self, method: method) }
    func finishedUnknown(local: Bool) { state.withLock { $0.append("unknown") } }

    private final class Recorder: CallRecorder {
        private let observer: RecordingObserver
        private let method: RPCMethod

        init(observer: RecordingObserver, method: RPCMethod) {
            self.observer = observer
            self.method = method
        }

        func finished(_ code: RPCError.Code, nanoseconds: UInt64, local: Bool, bytes: MessageBytes?) {
            observer.state.withLock { $0.append("\(method.path) \(code) \(local ? "local" : "remote")") }
        }
    }
}

/// Something tests can wait for: opened once, awaited by any number.
final class Gate: Sendable {
    private let state = Mutex<(isOpen: Bool, waiting: [CheckedContinuation<Void, Never>])>((false, []))

    func open() {
        let waiting = state.withLock { state in
            defer { state.waiting = [] }
            state.isOpen = true
            return state.waiting
        }
        for continuation in waiting { continuation.resume() }
    }

    func wait() async {
        await withCheckedContinuation { continuation in
            let isOpen = state.withLock { state in
                if !state.isOpen { state.waiting.append(continuation) }
                return state.isOpen
            }
            if isOpen { continuation.resume() }
        }
    }
}

/// Waits until its task is cancelled, then throws `CancellationError`, as a well-behaved handler does.
func untilCancelled() async throws {
    let stream = AsyncStream<Never> { _ in }
    for await _ in stream {}
    try Task.checkCancellation()
}
