import InteropMessages
import RPC
import Reactor

/// One of gRPC's interoperability cases (interop-test-descriptions.md), from the client's side.
struct InteropCase: Sendable {
    /// An answer that is not what it should be.
    struct Failure: Error, CustomStringConvertible {
        let description: String
    }

    let name: String
    /// Whether it is run only where it is asked for: against a server made for it.
    let isNegative: Bool
    private let body: @Sendable (InteropEnd) async throws -> Void

    init(_ name: String, isNegative: Bool = false, _ body: @escaping @Sendable (InteropEnd) async throws -> Void) {
        self.name = name
        self.isNegative = isNegative
        self.body = body
    }

    static let all = calls + compression + endings + load + negative

    /// The line that tells how it went.
    func run(_ end: InteropEnd) async -> String {
        do {
            try await body(end)
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
        throw InteropCase.Failure(description: "\(what): expected \(expected), found \(shown)")
    }
}

/// The status that `body` throws; a failure if it throws none.
func refusal(_ body: () async throws -> Void) async throws -> RPCError {
    do {
        try await body()
    } catch let failure as InteropCase.Failure {
        throw failure
    } catch {
        return RPCError(mapping: error)
    }
    throw InteropCase.Failure(description: "the call succeeded")
}
