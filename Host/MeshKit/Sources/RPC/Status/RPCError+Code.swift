extension RPCError {
    /// A gRPC status code. Numbers a peer sent that mean nothing become `unknown`.
    public struct Code: Sendable, Hashable, CustomStringConvertible {
        private enum Known: UInt8 {
            case ok, cancelled, unknown, invalidArgument, deadlineExceeded, notFound, alreadyExists, permissionDenied
            case resourceExhausted, failedPrecondition, aborted, outOfRange, unimplemented, internalError, unavailable
            case dataLoss, unauthenticated
        }
        private let known: Known

        private init(_ known: Known) {
            self.known = known
        }

        /// The number on the wire, 0 to 16.
        public var rawValue: Int { Int(known.rawValue) }

        /// The code of a number; nil outside 0 to 16.
        public init?(rawValue: Int) {
            guard let byte = UInt8(exactly: rawValue), let known = Known(rawValue: byte) else { return nil }
            self.known = known
        }

        /// Not an error.
        public static let ok = Code(.ok)
        /// The caller gave up.
        public static let cancelled = Code(.cancelled)
        /// An error of which nothing else is known.
        public static let unknown = Code(.unknown)
        /// The request makes no sense, whatever the state of the system.
        public static let invalidArgument = Code(.invalidArgument)
        /// The time was over before the answer was there. It may have been done all the same.
        public static let deadlineExceeded = Code(.deadlineExceeded)
        /// What was asked for doesn't exist.
        public static let notFound = Code(.notFound)
        /// What was to be made is there already.
        public static let alreadyExists = Code(.alreadyExists)
        /// The caller is known and may not do this.
        public static let permissionDenied = Code(.permissionDenied)
        /// A quota or a limit is used up.
        public static let resourceExhausted = Code(.resourceExhausted)
        /// The state of the system forbids it; repeating it won't help.
        public static let failedPrecondition = Code(.failedPrecondition)
        /// Lost a race; may be repeated from its start.
        public static let aborted = Code(.aborted)
        /// Past the end of something.
        public static let outOfRange = Code(.outOfRange)
        /// No such method.
        public static let unimplemented = Code(.unimplemented)
        /// Our mistake.
        public static let internalError = Code(.internalError)
        /// Can't be reached at the moment; may be repeated after a while.
        public static let unavailable = Code(.unavailable)
        /// Data is lost or broken.
        public static let dataLoss = Code(.dataLoss)
        /// The caller isn't known.
        public static let unauthenticated = Code(.unauthenticated)

        /// Every code, in the order of their numbers.
        public static let all: [Code] = (0...16).compactMap { Code(rawValue: $0) }

        /// gRPC's name: `NOT_FOUND`.
        public var description: String {
            switch known {
            case .ok: "OK"
            case .cancelled: "CANCELLED"
            case .unknown: "UNKNOWN"
            case .invalidArgument: "INVALID_ARGUMENT"
            case .deadlineExceeded: "DEADLINE_EXCEEDED"
            case .notFound: "NOT_FOUND"
            case .alreadyExists: "ALREADY_EXISTS"
            case .permissionDenied: "PERMISSION_DENIED"
            case .resourceExhausted: "RESOURCE_EXHAUSTED"
            case .failedPrecondition: "FAILED_PRECONDITION"
            case .aborted: "ABORTED"
            case .outOfRange: "OUT_OF_RANGE"
            case .unimplemented: "UNIMPLEMENTED"
            case .internalError: "INTERNAL"
            case .unavailable: "UNAVAILABLE"
            case .dataLoss: "DATA_LOSS"
            case .unauthenticated: "UNAUTHENTICATED"
            }
        }
    }
}
