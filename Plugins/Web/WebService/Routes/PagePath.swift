/// The path of a page, read strictly (RFC 3986 §3.3). A value.
enum PagePath: Equatable {
    /// Its steps, decoded; none for the front page.
    case steps([String])
    /// A path with one slash too many at its end, without that.
    case canonical(String)
    /// What no page can have.
    case malformed

    /// The longest path that is looked at.
    static let maximumBytes = 1024

    init(_ path: Substring) {
        guard path.utf8.first == UInt8(ascii: "/"), path.utf8.count <= Self.maximumBytes else {
            self = .malformed
            return
        }
        var parts = path.utf8.dropFirst().split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
        let hasSlash = parts.count > 1 && parts.last?.isEmpty == true
        if hasSlash || parts.count == 1 && parts[0].isEmpty { parts.removeLast() }
        var steps: [String] = []
        for part in parts {
            guard let step = Self.decoded(part) else {
                self = .malformed
                return
            }
            steps.append(step)
        }
        self = hasSlash ? .canonical(String(path.dropLast())) : .steps(steps)
    }

    /// A step that names something: not empty, no step of a file system, no character that means something elsewhere.
    private static func decoded(_ part: Substring.UTF8View) -> String? {
        var bytes: [UInt8] = []
        var rest = part[...]
        while let byte = rest.popFirst() {
            guard byte == UInt8(ascii: "%") else {
                bytes.append(byte)
                continue
            }
            guard let high = rest.popFirst().flatMap(digit), let low = rest.popFirst().flatMap(digit) else {
                return nil
            }
            bytes.append(high << 4 | low)
        }
        let separators = [UInt8(ascii: "/"), UInt8(ascii: "\\")]
        let isPlain = bytes.allSatisfy { $0 >= 0x20 && $0 != 0x7f && !separators.contains($0) }
        guard isPlain, !bytes.isEmpty, bytes != [0x2e], bytes != [0x2e, 0x2e] else { return nil }
        return String(validating: bytes, as: UTF8.self)
    }

    private static func digit(_ byte: UInt8) -> UInt8? {
        switch byte {
        case 0x30...0x39: byte - 0x30
        case 0x41...0x46: byte - 0x37
        case 0x61...0x66: byte - 0x57
        default: nil
        }
    }
}
