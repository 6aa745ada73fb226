public import Logging
public import Observe
internal import Reactor
internal import Synchronization

/// Sends the process's recorded spans to a collector, by OTLP over gRPC
/// (`opentelemetry.proto.collector.trace.v1.TraceService/Export`): in batches, every few seconds or as soon as one is full.
///
/// What the collector does not take is tried again for a minute, while new spans wait; those for which there is no room then
/// are dropped and counted. A collector that is away costs no call anything.
public final class TraceExporter: Sendable {
    typealias Answer = Opentelemetry_Proto_Collector_Trace_V1_ExportTraceServiceResponse

    static let method = MethodDescriptor<SpanEncoding.Request, Answer>(
        service: "opentelemetry.proto.collector.trace.v1.TraceService",
        name: "Export",
        index: 0,
        kind: .unary,
        idempotent: false
    )
    /// How long spans wait for others.
    static let interval = Duration.seconds(2)
    /// How long one export may take.
    static let timeout = Duration.seconds(10)

    private let peer: RPCPeer
    private let resource: TraceResource
    private let metrics: TraceExportMetrics
    private let logger: Logger
    private let wakes: AsyncStream<Void>
    private let wake: AsyncStream<Void>.Continuation
    private let ending: AsyncStream<Never>
    private let end: AsyncStream<Never>.Continuation
    /// How long the last spans may take once `finish` is called.
    private let patience = Mutex(Duration.seconds(2))
    /// Taken, and not delivered when the end came.
    private let unsent = Mutex<[Span]>([])
    private let isFailing = Mutex(false)

    /// An exporter that has not begun; `run` does.
    /// - Parameters:
    ///   - peer: the collector.
    ///   - resource: what the spans say of this process.
    ///   - metrics: where it counts.
    public init(_ peer: RPCPeer, resource: TraceResource, metrics: MetricRegistry, logger: Logger) {
        self.peer = peer
        self.resource = resource
        self.metrics = TraceExportMetrics(metrics)
        self.logger = logger
        (wakes, wake) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
        (ending, end) = AsyncStream.makeStream()
    }

    /// Has spans recorded and exports them, until `finish` is called or the task is cancelled; then sends what is left.
    /// Once, on a loop.
    public func run() async {
        guard let loop = EventLoop.current else { preconditionFailure("spans are exported on a loop") }
        Tracer.process.turnOn { [wake] in wake.yield() }
        await withTaskGroup(of: Void.self) { tasks in
            tasks.addTask { [wake] in
                // Ends by cancellation alone.
                while (try? await loop.sleep(for: Self.interval)) != nil { wake.yield() }
            }
            tasks.addTask { [self] in
                for await _ in wakes {
                    while !Task.isCancelled, case let spans = Tracer.process.take(), !spans.isEmpty {
                        await deliver(spans, loop)
                    }
                }
            }
            for await _ in ending {}
            tasks.cancelAll()
        }
        Tracer.process.turnOff()
        await flush()
    }

    /// Ends `run`, which takes no longer than `patience` for the spans that are left. Any thread.
    public func finish(within patience: Duration) {
        self.patience.withLock { $0 = patience }
        end.finish()
    }

    /// Sends one batch, again where that helps.
    private func deliver(_ spans: [Span], _ loop: EventLoop) async {
        var retry = ExportRetry(begun: .now())
        while true {
            do {
                return try await export(spans, Self.timeout)
            } catch {
                let error = RPCError(mapping: error)
                let decision = retry.failed(error, now: .now(), dice: Double.random(in: 0...1))
                if !Task.isCancelled {
                    guard case .again(let delay) = decision else { return lost(spans, error) }
                    if (try? await loop.sleep(for: delay)) != nil { continue }
                }
                // They have one more chance, in the flush.
                return unsent.withLock { $0 += spans }
            }
        }
    }

    private func export(_ spans: [Span], _ timeout: Duration) async throws {
        var context = CallContext.root(timeout: timeout)
        // A trace of the export of traces would never end.
        context.trace = .root(sampled: false)
        let answer = try await peer.unary(Self.method, SpanEncoding.request(spans, from: resource), context)
        let rejected = min(spans.count, Int(clamping: answer.partialSuccess.rejectedSpans))
        metrics.rejected.increment(by: max(0, rejected))
        metrics.exported.increment(by: spans.count - max(0, rejected))
        let wasFailing = isFailing.withLock { failing in
            defer { failing = false }
            return failing
        }
        if wasFailing { logger.notice("spans are exported again") }
        if rejected > 0 {
            logger.debug("the collector refused spans", metadata: ["count": "\(rejected)"])
        }
    }

    /// Sends what is left, each batch once, while there is time.
    private func flush() async {
        let until = MonotonicTime.now().advanced(by: patience.withLock { $0 })
        var spans = unsent.withLock { $0 }
        if spans.isEmpty { spans = Tracer.process.take() }
        while !spans.isEmpty {
            let left = MonotonicTime.now().duration(to: until)
            do {
                guard left > .zero else { throw RPCError.deadlineExceeded }
                try await export(spans, left)
            } catch {
                lost(spans, RPCError(mapping: error))
            }
            spans = Tracer.process.take()
        }
    }

    private func lost(_ spans: [Span], _ error: RPCError) {
        metrics.failed.increment(by: spans.count)
        let wasFailing = isFailing.withLock { failing in
            defer { failing = true }
            return failing
        }
        // Once, not for each batch.
        if !wasFailing {
            logger.warning("spans cannot be exported and are lost", metadata: ["reason": "\(error)"])
        }
    }
}
