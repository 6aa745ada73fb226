extension ValkeyError {
    /// The kinds of failure.
    public struct Code: Hashable, Sendable, CustomStringConvertible {
        private enum Kind: Hashable {
            case connection, timeout, cancelled, protocolViolation, tooLarge, unexpectedReply, overloaded, closed
            case unsupported
            case server(String)
        }
        private let kind: Kind
        private init(_ kind: Kind) { self.kind = kind }

        /// No server could be reached, or the connection was lost.
        public static let connection = Code(.connection)
        /// The deadline has passed.
        public static let timeout = Code(.timeout)
        /// The calling task was cancelled.
        public static let cancelled = Code(.cancelled)
        /// What came is not the protocol; the connection was closed.
        public static let protocolViolation = Code(.protocolViolation)
        /// A command or a reply is larger than the configuration allows.
        public static let tooLarge = Code(.tooLarge)
        /// The reply is not of the kind that was asked for, such as a text where a number was wanted.
        public static let unexpectedReply = Code(.unexpectedReply)
        /// Too many commands wait already.
        public static let overloaded = Code(.overloaded)
        /// The client has been closed.
        public static let closed = Code(.closed)
        /// The command would change the shared connection, or hold it up: SELECT, SUBSCRIBE, BLPOP and their like.
        public static let unsupported = Code(.unsupported)

        /// A refusal by the server with this first word, such as `WRONGTYPE`; `ERR` for those without one.
        public static func server(_ prefix: String) -> Code { Code(.server(prefix)) }
        /// The key holds another kind of value.
        public static let wrongType = server("WRONGTYPE")
        /// The connection is not authenticated.
        public static let noAuthentication = server("NOAUTH")
        /// User or password is wrong.
        public static let wrongPassword = server("WRONGPASS")
        /// The user may not do that.
        public static let noPermission = server("NOPERM")
        /// The script is not known to the server.
        public static let noScript = server("NOSCRIPT")
        /// The transaction was refused as a whole.
        public static let transactionAborted = server("EXECABORT")
        /// The server is out of memory.
        public static let outOfMemory = server("OOM")
        /// The server is a replica, which takes no writes.
        public static let readOnly = server("READONLY")
        /// The server still reads its data.
        public static let loading = server("LOADING")
        /// The server is a replica that has lost its primary.
        public static let primaryDown = server("MASTERDOWN")

        /// The first word of a refusal by the server; nil for all other failures.
        public var serverPrefix: String? {
            if case .server(let prefix) = kind { prefix } else { nil }
        }

        /// `timeout`, `connection`, … or the first word of the server.
        public var description: String {
            if case .server(let prefix) = kind { prefix } else { "\(kind)" }
        }

        /// The code of a refusal: its first word, if that looks like one of the server's; scripts may say anything.
        init(serverText text: String) {
            let word = text.utf8.prefix { $0 != UInt8(ascii: " ") }
            let isPrefix =
                (1...24).contains(word.count)
                && word.allSatisfy {
                    (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains($0)
                        || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) || $0 == UInt8(ascii: "_")
                }
            self = .server(isPrefix ? String(Substring(word)) : "ERR")
        }

        /// Whether the server says that it is not, or not now, the one to ask.
        var asksForAnotherServer: Bool {
            self == .readOnly || self == .loading || self == .primaryDown
        }
    }
}
