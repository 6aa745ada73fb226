internal import Digest

/// A `.proto` file as generated code carries it: a serialised `google.protobuf.FileDescriptorProto`, for reflection.
public struct FileDescriptorBytes: Sendable {
    /// The file's name as `import` has it: `lonja/auth/v1/auth.proto`.
    public let name: String
    /// The files it imports.
    public let dependencies: [FileDescriptorBytes]

    private let base64: StaticString

    /// Describes a file.
    /// - Parameter base64: the serialised descriptor; decoded only when somebody asks for it.
    public init(name: StaticString, dependencies: [FileDescriptorBytes] = [], base64: StaticString) {
        self.name = name.description
        self.dependencies = dependencies
        self.base64 = base64
    }

    /// The serialised descriptor; empty if the generator wrote nonsense.
    public var bytes: [UInt8] {
        base64.withUTF8Buffer { Base64.decode($0) ?? [] }
    }
}
