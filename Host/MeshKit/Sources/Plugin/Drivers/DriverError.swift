/// Why a slot has no driver, or did not take a new one. The old one, if any, still serves.
public struct DriverError: Error, Sendable, CustomStringConvertible {
    /// The kinds of failure.
    public struct Code: Hashable, Sendable, CustomStringConvertible {
        private enum Kind: String { case empty, busy, wrongPort, makeFailed, probeFailed, superseded, closed }
        private let kind: Kind
        private init(_ kind: Kind) { self.kind = kind }

        /// The slot has no driver yet.
        public static let empty = Code(.empty)
        /// Another swap of this slot is under way.
        public static let busy = Code(.busy)
        /// The driver is for another kind of slot.
        public static let wrongPort = Code(.wrongPort)
        /// The driver's `init` threw.
        public static let makeFailed = Code(.makeFailed)
        /// The driver's `probe` threw, or took too long.
        public static let probeFailed = Code(.probeFailed)
        /// A later request wants another driver, so that this one never had its turn.
        public static let superseded = Code(.superseded)
        /// The process is ending: the slot takes no more drivers.
        public static let closed = Code(.closed)

        /// The name of the code.
        public var description: String { kind.rawValue }
    }

    /// What kind of failure it is.
    public let code: Code
    /// The slot, such as `market.quotes`.
    public let slot: String
    /// The driver it is about; nil if there is none.
    public let driver: String?
    /// One line.
    public let message: String
    /// What the driver threw.
    public let cause: (any Error)?

    /// An error, for who fills slots.
    public init(_ code: Code, slot: String, driver: String?, _ message: String, cause: (any Error)? = nil) {
        self.code = code
        self.slot = slot
        self.driver = driver
        self.message = message
        self.cause = cause
    }

    /// `slot market.quotes, driver iex: …`.
    public var description: String {
        let who = driver.map { ", driver \($0)" } ?? ""
        return "slot \(slot)\(who): \(message)"
    }
}
