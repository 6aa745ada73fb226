import RPC

@testable import AuthService

/// What `body` throws; nil if it throws nothing. (Not within `#expect`, which some compilers get wrong.)
func failure(_ body: () async throws -> Void) async -> (any Error)? {
    do {
        try await body()
        return nil
    } catch {
        return error
    }
}

/// The reason of the `RPCError` that `body` throws; "none" if it throws nothing, the error itself if it is another.
func reason(_ body: () async throws -> Void) async -> String {
    switch await failure(body) {
    case nil: "none"
    case let error as RPCError: error.reason ?? "\(error)"
    case let error?: "\(error)"
    }
}

/// The `TokenError` that `body` throws.
func tokenError(_ body: () async throws -> Void) async -> TokenError? { await failure(body) as? TokenError }
