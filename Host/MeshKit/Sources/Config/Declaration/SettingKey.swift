/// The rules for the names of keys.
enum SettingKey {
    /// The prefix of every environment variable.
    static let prefix = "LONJA_"

    /// Dotted lowerCamelCase: letters and digits, each part begins with a lower-case letter.
    static func isValid(_ key: String) -> Bool {
        let parts = key.utf8.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        return parts.allSatisfy { part in
            guard let first = part.first, (0x61...0x7A).contains(first) else { return false }
            return part.allSatisfy {
                (0x30...0x39).contains($0) || (0x41...0x5A).contains($0) || (0x61...0x7A).contains($0)
            }
        }
    }

    /// `market.replay.dayLength` → `LONJA_MARKET_REPLAY_DAY_LENGTH`.
    static func variable(of key: String) -> String {
        var name = prefix
        for byte in key.utf8 {
            switch byte {
            case UInt8(ascii: "."): name += "_"
            case 0x41...0x5A: name += "_" + String(UnicodeScalar(byte))
            default: name += String(UnicodeScalar(byte)).uppercased()
            }
        }
        return name
    }

    /// The known name nearest to a mistyped one, if any is near: at most a third of its characters differ.
    static func nearest(to name: String, among known: some Sequence<String>) -> String? {
        let wanted = Array(name.lowercased().utf8)
        var best: (name: String, distance: Int)?
        for candidate in known {
            let distance = distance(wanted, Array(candidate.lowercased().utf8))
            if distance <= max(2, wanted.count / 3), distance < best?.distance ?? .max {
                best = (candidate, distance)
            }
        }
        return best?.name
    }

    /// How many characters must be inserted, deleted or replaced (Levenshtein).
    private static func distance(_ left: [UInt8], _ right: [UInt8]) -> Int {
        var row = Array(0...right.count)
        for (i, byte) in left.enumerated() {
            var diagonal = row[0]
            row[0] = i + 1
            for (j, other) in right.enumerated() {
                let above = row[j + 1]
                row[j + 1] = byte == other ? diagonal : 1 + min(diagonal, above, row[j])
                diagonal = above
            }
        }
        return row[right.count]
    }
}
