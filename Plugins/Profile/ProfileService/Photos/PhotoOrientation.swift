/// How a picture must be turned to stand upright (Exif 2.3, tag 0x0112). The names say where the stored picture's first
/// row and first column are seen.
enum PhotoOrientation: Int, Sendable {
    case upright = 1
    case mirrored, turnedAround, flipped, transposed, turnedRight, transversed, turnedLeft

    /// Reads the contents of an APP1 segment; nil if there is no orientation in it, or nothing that makes sense.
    init?(exif data: [UInt8]) {
        let reader = PhotoReader(data)
        guard reader.begins(with: Array("Exif\0\0".utf8)) else { return nil }
        let start = 6
        let isLittle: Bool
        if reader.begins(with: [0x49, 0x49, 0x2A, 0x00], at: start) {
            isLittle = true
        } else if reader.begins(with: [0x4D, 0x4D, 0x00, 0x2A], at: start) {
            isLittle = false
        } else {
            return nil
        }
        func short(_ index: Int) -> Int? { isLittle ? reader.little(index, 2) : reader.big16(index) }
        func long(_ index: Int) -> Int? { isLittle ? reader.little(index, 4) : reader.big32(index) }
        guard let offset = long(start + 4), let entries = short(start + offset) else { return nil }
        for entry in 0..<min(entries, 1024) {
            let position = start + offset + 2 + 12 * entry
            guard let tag = short(position) else { return nil }
            guard tag == 0x0112 else { continue }
            guard short(position + 2) == 3, long(position + 4) == 1 else { return nil }
            guard let value = short(position + 8), let found = PhotoOrientation(rawValue: value) else { return nil }
            self = found
            return
        }
        return nil
    }

    /// A square of RGB, turned.
    func applied(to rgb: [UInt8], side: Int) -> [UInt8] {
        if self == .upright { return rgb }
        return [UInt8](unsafeUninitializedCapacity: rgb.count) { turned, count in
            rgb.withUnsafeBufferPointer { rgb in
                for y in 0..<side {
                    for x in 0..<side {
                        let (column, row) = source(x, y, side - 1)
                        let (from, to) = (3 * (row * side + column), 3 * (y * side + x))
                        turned[to] = rgb[from]
                        turned[to + 1] = rgb[from + 1]
                        turned[to + 2] = rgb[from + 2]
                    }
                }
            }
            count = rgb.count
        }
    }

    /// Which stored pixel is seen at `x`, `y`.
    private func source(_ x: Int, _ y: Int, _ last: Int) -> (column: Int, row: Int) {
        switch self {
        case .upright: (x, y)
        case .mirrored: (last - x, y)
        case .turnedAround: (last - x, last - y)
        case .flipped: (x, last - y)
        case .transposed: (y, x)
        case .turnedRight: (y, last - x)
        case .transversed: (last - y, last - x)
        case .turnedLeft: (last - y, x)
        }
    }
}
