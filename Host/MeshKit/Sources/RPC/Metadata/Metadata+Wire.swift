internal import Digest

/// The form metadata has in HTTP/2 header lists.
extension Metadata {
    /// Takes one header as it came. Reserved names and pseudo-headers are left out, and so is what breaks the rules of
    /// gRPC: it isn't worth failing a call for.
    /// - Returns: whether it was taken.
    @discardableResult
    public mutating func appendWire(name: String, value: some BidirectionalCollection<UInt8>) -> Bool {
        guard Self.isName(name), !Self.isReserved(name) else { return false }
        guard Self.isBinary(name) else {
            guard value.allSatisfy({ (0x20...0x7e).contains($0) }) else { return false }
            // Without the spaces around it, so that it may be sent back as it is.
            let text = String(decoding: Self.trimmed(value[...]), as: UTF8.self)
            append(unchecked: Entry(name: name, value: .text(text)))
            return true
        }
        // One header may hold several values, and a proxy may have joined them with ", ".
        var decoded: [[UInt8]] = []
        for part in value.split(separator: UInt8(ascii: ","), omittingEmptySubsequences: false) {
            guard let bytes = Base64.decode(Self.trimmed(part)) else { return false }
            decoded.append(bytes)
        }
        for bytes in decoded {
            append(unchecked: Entry(name: name, value: .bytes(bytes)))
        }
        return true
    }

    private static func trimmed<Bytes: BidirectionalCollection<UInt8>>(_ bytes: Bytes) -> Bytes.SubSequence {
        let rest = bytes.drop { $0 == 0x20 }
        let end = rest.lastIndex { $0 != 0x20 }.map { rest.index(after: $0) } ?? rest.startIndex
        return rest[rest.startIndex..<end]
    }

    /// What the header list grows by: name, value and 32 for each entry (RFC 9113 §6.5.2).
    public var wireSize: Int {
        entries.reduce(0) { size, entry in
            switch entry.value {
            case .text(let text): size + entry.name.utf8.count + text.utf8.count + 32
            case .bytes(let bytes): size + entry.name.utf8.count + (bytes.count * 4 + 2) / 3 + 32
            }
        }
    }
}

extension Metadata.Value {
    /// The value as a header holds it: bytes in base64 without padding.
    public var wireValue: String {
        switch self {
        case .text(let text): text
        case .bytes(let bytes): Base64.encode(bytes, padded: false)
        }
    }
}
