public import CMeshABI
import Digest

/// What a plugin, the host or the SDK was built with: the readable form of `mesh_stamp_t`.
public struct PluginStamp: Sendable, Hashable {
    /// Form of the stamp itself, `MESH_STAMP_VERSION`.
    public let structVersion: UInt32
    /// Size of `mesh_plugin_t` in bytes.
    public let doorSize: UInt32
    /// Version of the door; see mesh_abi.h for the rule.
    public let abiMajor: UInt32
    /// Version of the door; see mesh_abi.h for the rule.
    public let abiMinor: UInt32
    /// SHA-256 over the sources of MeshKit and Contracts, 64 hexadecimal digits.
    public let sdkHash: String
    /// Swift compiler, as "6.3.1".
    public let compiler: String
    /// "service", a slot such as "market.quotes", or "host" and "sdk".
    public let kind: String
    /// Name below the kind.
    public let name: String
    /// Version of Lonja it was built from.
    public let version: String

    /// Bytes of a stamp of this form.
    public static var size: Int { MemoryLayout<mesh_stamp_t>.size }

    /// The stamp of libMeshKit.so itself.
    public static var sdk: PluginStamp { PluginStamp(words: stamp) }

    /// Reads a stamp that the compiler of this process laid down.
    public init(words: StampWords) {
        let read = withUnsafeBytes(of: words) { PluginStamp(bytes: Array($0)) }
        guard let read else { preconditionFailure("the generated stamp is one") }
        self = read
    }

    /// Reads a stamp from the bytes of a file's section; nil if they are too few or do not start with the magic.
    /// Any bytes are safe to give. Text that is not printable ASCII is shown as "?".
    public init?(bytes: [UInt8]) {
        let magic = Array(MESH_STAMP_MAGIC.utf8)
        guard bytes.count >= Self.size, Array(bytes.prefix(magic.count)) == magic else { return nil }
        func number(_ offset: Int) -> UInt32 {
            (0..<4).reduce(0) { $0 | UInt32(bytes[offset + $1]) << UInt32(8 * $1) }
        }
        func text(_ offset: Int) -> String {
            let field = bytes[offset..<offset + 32].prefix { $0 != 0 }
            return String(decoding: field.map { (0x20...0x7E).contains($0) ? $0 : 0x3F }, as: UTF8.self)
        }
        self.structVersion = number(8)
        self.doorSize = number(12)
        self.abiMajor = number(16)
        self.abiMinor = number(20)
        self.sdkHash = Hexadecimal.text(bytes[24..<56])
        self.compiler = text(56)
        self.kind = text(88)
        self.name = text(120)
        self.version = text(152)
    }

    /// Reads the copy of the stamp behind the door.
    public init?(_ stamp: mesh_stamp_t) {
        self.init(bytes: withUnsafeBytes(of: stamp) { Array($0) })
    }
}
