import Contracts
import RPC

/// One thing that must hold when our client talks to a server of lonja.test.v1.Echo.
struct Check: Sendable {
    /// An answer that is not what it should be.
    struct Failure: Error, CustomStringConvertible {
        let description: String
    }

    let name: String
    let body: @Sendable (EchoClient, CallContext) async throws -> Void

    init(_ name: String, _ body: @escaping @Sendable (EchoClient, CallContext) async throws -> Void) {
        self.name = name
        self.body = body
    }

    /// The line that tells how it went.
    func run(_ client: EchoClient) async -> String {
        do {
            try await body(client, .root(timeout: .seconds(20)))
            return "ok \(name)"
        } catch {
            return "FAILED \(name): \(error)"
        }
    }
}

/// Throws unless both are equal.
func expect<Value: Equatable>(_ found: Value, _ wanted: Value, _ what: String) throws {
    guard found == wanted else {
        let (shown, expected) = ("\(found)".prefix(200), "\(wanted)".prefix(200))
        throw Check.Failure(description: "\(what): expected \(expected), found \(shown)")
    }
}

/// The error that `body` throws; a failure if it throws none of ours.
func refusal(_ body: () async throws -> Void) async throws -> RPCError {
    do {
        try await body()
    } catch let error as RPCError {
        return error
    }
    throw Check.Failure(description: "the call succeeded")
}

extension EchoEchoRequest {
    init(_ text: String, count: Int32 = 0, delay: Int32 = 0, failCode: Int = 0, failMessage: String = "") {
        self.init()
        self.text = text
        self.count = count
        self.delayMs = delay
        self.failCode = Int32(failCode)
        self.failMessage = failMessage
    }
}
