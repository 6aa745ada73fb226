extension FetchError {
    /// The kinds of failure; new ones may come.
    public struct Code: Sendable, Hashable, CustomStringConvertible {
        private enum Value: String {
            case invalidRequest, invalidURL, addressRefused, unresolved, connectFailed, connectTimeout
            case deadlineExceeded, stalled, cancelled, overloaded, closed, internalError
            case certificateExpired, certificateNotYetValid, certificateSelfSigned, certificateUnknownAuthority
            case certificateWrongHost, certificateInvalid, tlsFailed, tlsNotOffered
            case connectionLost, protocolViolation, bodyTooLarge, headTooLarge, bodyFailed
            case tooManyRedirects, redirectRefused
            case invalidAddress, invalidMessage, notOffered, authenticationFailed
            case mailDeferred, mailRejected, outcomeUnknown
        }
        private let value: Value

        // MARK: The caller's own

        /// The request cannot be sent as it is: a field, a method, a body.
        public static let invalidRequest = Code(value: .invalidRequest)
        /// The URL is malformed, not http or https, or carries a user.
        public static let invalidURL = Code(value: .invalidURL)
        /// Too many requests wait already.
        public static let overloaded = Code(value: .overloaded)
        /// The client was closed.
        public static let closed = Code(value: .closed)
        /// The task was cancelled.
        public static let cancelled = Code(value: .cancelled)
        /// The closure that writes the request's body failed.
        public static let bodyFailed = Code(value: .bodyFailed)
        /// Something that should not happen: out of memory, a file of authorities that cannot be read.
        public static let internalError = Code(value: .internalError)

        // MARK: The way there

        /// Every address of the host is one that this client must not talk to.
        public static let addressRefused = Code(value: .addressRefused)
        /// The name has no address.
        public static let unresolved = Code(value: .unresolved)
        /// No connection could be made.
        public static let connectFailed = Code(value: .connectFailed)
        /// The connection, with name look-up and TLS, took too long.
        public static let connectTimeout = Code(value: .connectTimeout)
        /// The deadline has passed.
        public static let deadlineExceeded = Code(value: .deadlineExceeded)
        /// The peer made no progress for too long.
        public static let stalled = Code(value: .stalled)

        // MARK: TLS

        /// The certificate, or one above it, has expired.
        public static let certificateExpired = Code(value: .certificateExpired)
        /// The certificate, or one above it, is not valid yet.
        public static let certificateNotYetValid = Code(value: .certificateNotYetValid)
        /// The certificate vouches for itself and is not trusted here.
        public static let certificateSelfSigned = Code(value: .certificateSelfSigned)
        /// The certificate's authority is not one that is trusted here.
        public static let certificateUnknownAuthority = Code(value: .certificateUnknownAuthority)
        /// The certificate is for another host.
        public static let certificateWrongHost = Code(value: .certificateWrongHost)
        /// The certificate is refused for another reason.
        public static let certificateInvalid = Code(value: .certificateInvalid)
        /// The handshake failed for another reason than the certificate.
        public static let tlsFailed = Code(value: .tlsFailed)
        /// The server offers no TLS where it is required.
        public static let tlsNotOffered = Code(value: .tlsNotOffered)

        // MARK: HTTP

        /// The connection ended before the answer was complete.
        public static let connectionLost = Code(value: .connectionLost)
        /// The peer broke the protocol.
        public static let protocolViolation = Code(value: .protocolViolation)
        /// The body has more bytes than allowed, after decoding.
        public static let bodyTooLarge = Code(value: .bodyTooLarge)
        /// The head has more bytes or fields than allowed.
        public static let headTooLarge = Code(value: .headTooLarge)
        /// More redirects than allowed, or one that leads back.
        public static let tooManyRedirects = Code(value: .tooManyRedirects)
        /// A redirect to where this request must not go.
        public static let redirectRefused = Code(value: .redirectRefused)

        // MARK: Mail

        /// An address that cannot be put on the wire.
        public static let invalidAddress = Code(value: .invalidAddress)
        /// A message that cannot be put on the wire.
        public static let invalidMessage = Code(value: .invalidMessage)
        /// The message needs something that this server does not offer.
        public static let notOffered = Code(value: .notOffered)
        /// The server refuses the credentials.
        public static let authenticationFailed = Code(value: .authenticationFailed)
        /// A 4yz answer: the same mail may be tried later.
        public static let mailDeferred = Code(value: .mailDeferred)
        /// A 5yz answer: the same mail will never be accepted.
        public static let mailRejected = Code(value: .mailRejected)
        /// The connection was lost after the whole message was sent and before the answer: it may have been accepted.
        public static let outcomeUnknown = Code(value: .outcomeUnknown)

        /// The name of the code.
        public var description: String { value.rawValue }
    }
}
