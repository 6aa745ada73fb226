import CMeshABI
import Foundation

@testable import HostCore

/// The stamp of a built plugin, changed in one field: for fixtures.
struct StampBytes {
    /// A field and where it is in `mesh_stamp_t`.
    enum Field: Int {
        case structVersion = 8
        case doorSize = 12
        case abiMajor = 16
        case abiMinor = 20
        case sdkHash = 24
        case compiler = 56
        case kind = 88
        case name = 120
        case version = 152
    }

    private(set) var bytes: [UInt8]

    /// The stamp that this host's own plugins have.
    init() throws {
        let file = try Data(contentsOf: URL(fileURLWithPath: BuildFolder.file("libWebPlugin.so")))
        self.bytes = try ELFSection.find(MESH_STAMP_SECTION, in: [UInt8](file))
    }

    mutating func set(_ field: Field, _ number: UInt32) {
        for index in 0..<4 { self.bytes[field.rawValue + index] = UInt8(truncatingIfNeeded: number >> (8 * index)) }
    }

    mutating func set(_ field: Field, _ text: String) {
        let padded = Array(text.utf8) + [UInt8](repeating: 0, count: 32)
        self.bytes.replaceSubrange(field.rawValue..<field.rawValue + 32, with: padded[..<32])
    }

    mutating func flipHash() { self.bytes[Field.sdkHash.rawValue] ^= 0xFF }

    /// The library `file` with this stamp in the place of its own.
    func patched(into file: String) throws -> [UInt8] {
        let original = [UInt8](try Data(contentsOf: URL(fileURLWithPath: file)))
        let old = try ELFSection.find(MESH_STAMP_SECTION, in: original)
        guard let range = Data(original).range(of: Data(old)) else { throw CocoaError(.fileReadCorruptFile) }
        var bytes = original
        bytes.replaceSubrange(range, with: self.bytes)
        return bytes
    }
}
