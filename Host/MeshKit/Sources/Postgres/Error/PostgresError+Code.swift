extension PostgresError {
    /// The kinds of failure.
    public struct Code: Hashable, Sendable, CustomStringConvertible {
        private enum Kind: String {
            case configuration, connection, tls, connectionLost, timeout, cancelled, server, decoding, poolExhausted
            case commitUnknown, resultTooLarge, closed, misuse, migration
        }
        private let kind: Kind
        private init(_ kind: Kind) { self.kind = kind }

        /// The configuration cannot work.
        public static let configuration = Code(.configuration)
        /// No connection could be made; nothing was executed.
        public static let connection = Code(.connection)
        /// No connection could be made, as the server offers no TLS or its certificate is not accepted.
        public static let tls = Code(.tls)
        /// The connection broke while the statement was under way: it may have been executed.
        public static let connectionLost = Code(.connectionLost)
        /// The deadline passed. If the statement was under way, it was cancelled, and may have been executed.
        public static let timeout = Code(.timeout)
        /// The task was cancelled. If the statement was under way, it was cancelled, and may have been executed.
        public static let cancelled = Code(.cancelled)
        /// The server answered with an error; see `sqlState`.
        public static let server = Code(.server)
        /// A column is not what the program takes it for.
        public static let decoding = Code(.decoding)
        /// Too many calls wait for a connection; nothing was executed.
        public static let poolExhausted = Code(.poolExhausted)
        /// COMMIT was sent and its outcome is not known: the transaction may have happened, or not. Never retried.
        public static let commitUnknown = Code(.commitUnknown)
        /// A result is larger than the configuration allows to collect; `stream` has no such limit.
        public static let resultTooLarge = Code(.resultTooLarge)
        /// The client was closed.
        public static let closed = Code(.closed)
        /// The program used the client in a way that cannot work, such as a transaction after its end.
        public static let misuse = Code(.misuse)
        /// The database does not fit this build; see `Migrator`.
        public static let migration = Code(.migration)

        /// The name of the code.
        public var description: String { kind.rawValue }
    }
}
