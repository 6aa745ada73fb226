/// What a service is called and looks like. Generated code makes one for each.
public struct ServiceDescriptor: Sendable {
    /// The full name: `lonja.auth.v1.AuthService`.
    public let name: String
    /// How many methods it has.
    public let methodCount: Int
    /// The file that declares it, for reflection.
    public let file: FileDescriptorBytes

    /// Describes a service.
    public init(name: StaticString, methodCount: Int, file: FileDescriptorBytes) {
        self.name = name.description
        self.methodCount = methodCount
        self.file = file
    }
}
