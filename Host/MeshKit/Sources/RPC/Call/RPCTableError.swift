/// Services that can't be served together: a mistake in what a plugin gives, found before anything runs.
public struct RPCTableError: Error, Sendable, Equatable, CustomStringConvertible {
    /// What is wrong.
    public struct Code: Sendable, Hashable {
        private enum Known { case duplicateService, duplicateMethod, foreignMethod, missingHandler }
        private let known: Known

        /// Two of the services have the same name.
        public static let duplicateService = Code(known: .duplicateService)
        /// A method was registered twice.
        public static let duplicateMethod = Code(known: .duplicateMethod)
        /// A service registered a method of another.
        public static let foreignMethod = Code(known: .foreignMethod)
        /// A service has methods it registered no handler for.
        public static let missingHandler = Code(known: .missingHandler)
    }

    /// What is wrong.
    public let code: Code
    /// The service's name or the method's path.
    public let subject: String

    init(_ code: Code, subject: String) {
        self.code = code
        self.subject = subject
    }

    /// Safe to show.
    public var description: String {
        switch code {
        case .duplicateService: "service \(subject) is registered twice; two plugins of this process serve it"
        case .duplicateMethod: "method \(subject) is registered twice"
        case .foreignMethod: "method \(subject) was registered by another service than its own"
        default: "service \(subject) has methods without a handler"
        }
    }
}
