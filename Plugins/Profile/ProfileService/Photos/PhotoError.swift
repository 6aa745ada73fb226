import RPC

/// Why a file is no photo.
struct PhotoError: Error, Equatable, Sendable, CustomStringConvertible, StatusConvertible {
    /// The kinds of fault.
    struct Code: Hashable, Sendable {
        private enum Kind { case tooLarge, unsupported, broken }
        private let kind: Kind

        /// Too many bytes, pixels or scans, or too much work.
        static let tooLarge = Code(kind: .tooLarge)
        /// Not a JPEG, PNG or WebP picture, or an animated or otherwise unusual one.
        static let unsupported = Code(kind: .unsupported)
        /// Truncated or malformed.
        static let broken = Code(kind: .broken)
    }

    let code: Code
    /// One sentence; it is sent.
    let description: String

    init(_ code: Code, _ description: String) {
        self.code = code
        self.description = description
    }

    static func == (left: PhotoError, right: PhotoError) -> Bool { left.code == right.code }

    var status: RPCError? {
        switch code {
        case .tooLarge: RPCError(.resourceExhausted, description, reason: "photo-too-large")
        case .unsupported: RPCError(.invalidArgument, description, reason: "photo-unsupported")
        default: RPCError(.invalidArgument, description, reason: "photo-broken")
        }
    }
}
