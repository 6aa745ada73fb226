public import Config
import Fetch
import HTTP
import Observe
public import Plugin
import RPC
public import Reactor
import SwiftProtobuf
import Synchronization

/// Sends through SendGrid's v3 Mail Send.
///
/// SendGrid knows no idempotency key: the outbox id goes along as a custom argument and the message id as a header, so
/// that a second copy can be told from a second mail.
public final class SendGridMailer: Mailer {
    /// The name in `notification.mail.driver`.
    public static var name: StaticString { "sendgrid" }

    /// The keys of this driver.
    public static var settings: [Setting] { SendGridSettings.declared }

    /// A request is over after this, whatever the caller's deadline.
    static let longest = Duration.seconds(15)

    private struct State {
        var breaker = CircuitBreaker()
        var isClosed = false
    }

    let sendGrid: SendGridSettings
    let blocking: BlockingPool
    private let client: FetchClient
    private let state = Mutex(State())

    /// Reads the settings; connects to nothing.
    /// - Throws: a `SendGridSettings.Invalid` that names a setting.
    public init(context: DriverContext) throws {
        sendGrid = try SendGridSettings(context.settings)
        var configuration = FetchClientConfiguration()
        configuration.connectTimeout = .seconds(5)
        configuration.firstByteTimeout = Self.longest
        configuration.stallTimeout = .seconds(5)
        configuration.idleAge = .seconds(20)
        configuration.maximumBodyBytes = 64 << 10
        configuration.retry = .never
        configuration.name = "sendgrid"
        blocking = context.loops.blocking
        client = FetchClient(group: context.loops, configuration: configuration, metrics: context.metrics)
    }

    /// Asks what the key may do: that it is good, and that it may send. Nothing is sent.
    public func probe() async throws {
        let response = try await client.fetch(request(.get, sendGrid.scopes))
        let problem = SendGridProblem(response.body)
        guard response.status == 200 else {
            let words = problem.message.isEmpty ? "" : ": \(problem.message)"
            throw Unfit(description: "SendGrid answers \(response.status)\(words); see \(SendGridSettings.keyKey)")
        }
        let scopes = (try? Google_Protobuf_Struct(jsonUTF8Bytes: response.body))?.fields["scopes"]?.listValue.values
        guard let scopes else { throw Unfit(description: "\(SendGridSettings.urlKey) is not SendGrid's API") }
        guard scopes.contains(where: { $0.stringValue == "mail.send" }) else {
            throw Unfit(description: "the key of \(SendGridSettings.keyKey) has no right to send (scope mail.send)")
        }
    }

    /// One request, one answer.
    public func send(_ message: MailMessage, _ deadline: MonotonicTime?) async -> MailOutcome {
        let start = MonotonicTime.now()
        let isOver = Task.isCancelled || deadline.map { $0 <= start } ?? false
        if isOver || state.withLock({ $0.isClosed }) {
            return .retry(after: nil, reason: "nothing was sent: the call came too late")
        }
        let permission = state.withLock { $0.breaker.begin(start) }
        if case .refused(let until) = permission {
            return .driverFault(until: until, reason: "SendGrid failed several times in a row and is given a pause")
        }
        let limit = start.advanced(by: Self.longest)
        let outcome: MailOutcome
        do {
            var request = request(.post, sendGrid.send)
            request.fields["content-type"] = "application/json"
            request.body = .bytes(JSONWriter.bytes(SendGridBody(message: message)))
            let response = try await client.fetch(request, deadline: deadline.map { min($0, limit) } ?? limit)
            outcome = SendGridVerdict.outcome(
                status: response.status,
                fields: response.fields,
                body: response.body,
                now: .now(),
                monotonic: .now()
            )
            state.withLock { $0.breaker.record(isFailure: response.status >= 500, .now()) }
        } catch {
            let error = error as? FetchError ?? FetchError(.internalError, "\(error)")
            outcome = SendGridVerdict.outcome(error)
            // Our own giving up says nothing about SendGrid.
            let isOurs = [.cancelled, .closed, .overloaded].contains(error.code)
            if !isOurs { state.withLock { $0.breaker.failed(.now()) } }
        }
        return outcome
    }

    /// Closes the connections; what is under way has an unknown outcome.
    public func close() async {
        state.withLock { $0.isClosed = true }
        client.close()
    }

    private func request(_ method: HTTPMethod, _ url: FetchURL) -> FetchRequest {
        FetchRequest(
            method,
            url,
            fields: ["accept": "application/json"],
            secretFields: [(name: "authorization", value: Secret("Bearer \(sendGrid.key.reveal())"))]
        )
    }

    /// Why the probe failed.
    struct Unfit: Error, CustomStringConvertible {
        let description: String
    }
}

extension CircuitBreaker {
    fileprivate mutating func record(isFailure: Bool, _ now: MonotonicTime) {
        if isFailure { failed(now) } else { answered() }
    }
}
