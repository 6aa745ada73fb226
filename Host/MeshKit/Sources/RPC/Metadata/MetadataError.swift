/// A piece of metadata that can't be sent.
public struct MetadataError: Error, Sendable, Equatable, CustomStringConvertible {
    /// What is wrong with it.
    public struct Code: Sendable, Hashable {
        private enum Known { case name, reserved, value, textForBinaryName, bytesForTextName }
        private let known: Known

        /// The name has characters other than `0-9 a-z _ . -`, or none.
        public static let name = Code(known: .name)
        /// The name belongs to the transport (`grpc-…`, `te`, …).
        public static let reserved = Code(known: .reserved)
        /// The value isn't printable ASCII, or starts or ends with a space.
        public static let value = Code(known: .value)
        /// Text was given for a name that ends in `-bin`.
        public static let textForBinaryName = Code(known: .textForBinaryName)
        /// Bytes were given for a name that doesn't end in `-bin`.
        public static let bytesForTextName = Code(known: .bytesForTextName)
    }

    /// What is wrong.
    public let code: Code
    /// The name as it was given. The value isn't kept: it may be a secret.
    public let name: String

    init(_ code: Code, name: String) {
        self.code = code
        self.name = name
    }

    /// Safe to show.
    public var description: String {
        let quoted = String(reflecting: name)
        return switch code {
        case .name: "metadata name \(quoted): only 0-9, a-z, '_', '.' and '-' are allowed"
        case .reserved: "metadata name \(quoted) is reserved"
        case .value: "metadata \(quoted): the value must be printable ASCII without spaces around it"
        case .textForBinaryName: "metadata \(quoted): a name that ends in -bin takes bytes"
        default: "metadata \(quoted): bytes need a name that ends in -bin"
        }
    }
}
