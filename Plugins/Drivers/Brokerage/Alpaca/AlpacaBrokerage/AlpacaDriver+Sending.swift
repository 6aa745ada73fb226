import Fetch
import HTTP
import Observe
import Plugin
import Reactor
import Synchronization

extension AlpacaDriver {
    /// Why a request has no answer.
    struct SendError: Error {
        let reason: BrokerageError
        /// Whether it may have arrived all the same.
        let isUnclear: Bool
    }

    /// One request, one answer.
    /// - Throws: `SendError`.
    func send(
        _ method: HTTPMethod,
        _ path: String,
        _ body: [UInt8] = [],
        by deadline: MonotonicTime
    ) async throws(SendError) -> FetchResponse {
        let now = MonotonicTime.now()
        let isPaused = state.withLock { state in
            if let until = state.pausedUntil, until <= now { state.pausedUntil = nil }
            return state.pausedUntil != nil
        }
        if isPaused {
            let reason = BrokerageError(.throttled, "Alpaca's limit of requests is reached")
            throw SendError(reason: reason, isUnclear: false)
        }
        let answer: FetchResponse
        do {
            answer = try await client.fetch(
                request(method, path, body),
                deadline: min(deadline, now.advanced(by: Self.longestRequest))
            )
        } catch {
            throw Self.failure(error as? FetchError ?? FetchError(.internalError, "\(error)"))
        }
        if let pause = AlpacaProblem(answer).pause {
            state.withLock { $0.pausedUntil = MonotonicTime.now().advanced(by: pause) }
        }
        return answer
    }

    private func request(_ method: HTTPMethod, _ path: String, _ body: [UInt8]) throws -> FetchRequest {
        // A colon in the first segment of a relative reference would be a scheme: the path is written whole.
        var request = FetchRequest(
            method,
            try configuration.base.resolving("./\(path)"),
            fields: ["accept": "application/json"],
            secretFields: [
                (name: "apca-api-key-id", value: configuration.key),
                (name: "apca-api-secret-key", value: configuration.secret),
            ]
        )
        if !body.isEmpty {
            request.fields["content-type"] = "application/json"
            request.body = .bytes(body)
        }
        return request
    }

    private static func failure(_ error: FetchError) -> SendError {
        switch error.code {
        case .cancelled: SendError(reason: BrokerageError(.cancelled, "the call was cancelled"), isUnclear: false)
        case .unresolved, .connectFailed, .connectTimeout, .overloaded, .closed, .invalidRequest, .invalidURL:
            SendError(reason: BrokerageError(.upstream, "Alpaca: \(error.message)"), isUnclear: false)
        case .protocolViolation, .bodyTooLarge, .headTooLarge:
            SendError(reason: BrokerageError(.malformed, "Alpaca: \(error.message)"), isUnclear: true)
        default: SendError(reason: BrokerageError(.upstream, "Alpaca: \(error.message)"), isUnclear: true)
        }
    }
}

extension AlpacaProblem {
    init(_ response: FetchResponse) {
        self.init(status: response.status, fields: response.fields, body: response.body)
    }
}
