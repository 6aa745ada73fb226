/// What the structure of a picture file says: known by its content, whatever its name, without decoding any of it.
struct PhotoHeader: Equatable, Sendable {
    /// The formats that are taken.
    enum Format: Sendable { case jpeg, png, webp }

    let format: Format
    let width: Int
    let height: Int
    /// How it must be turned.
    var orientation = PhotoOrientation.upright

    /// Reads the headers, and checks them.
    /// - Throws: `PhotoError`.
    init(parsing file: [UInt8], _ limits: PhotoLimits = .standard) throws(PhotoError) {
        guard file.count <= limits.bytes else {
            throw PhotoError(.tooLarge, "a photo has at most \(limits.bytes >> 20) MiB")
        }
        var reader = PhotoReader(file)
        if reader.begins(with: [0xFF, 0xD8, 0xFF]) {
            self = try Self.jpeg(&reader, limits)
        } else if reader.begins(with: [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]) {
            self = try Self.png(&reader)
        } else if reader.begins(with: Array("RIFF".utf8)), reader.begins(with: Array("WEBP".utf8), at: 8) {
            self = try Self.webp(&reader, limits)
        } else {
            throw PhotoError(.unsupported, "a photo is a JPEG, PNG or WebP picture")
        }
        guard width > 0, height > 0 else { throw Self.broken }
        guard width <= limits.side, height <= limits.side, width * height <= limits.pixels else {
            throw PhotoError(
                .tooLarge,
                "a photo has at most \(limits.pixels / 1_000_000) million pixels, and \(limits.side) a side"
            )
        }
    }

    init(_ format: Format, width: Int, height: Int) {
        (self.format, self.width, self.height) = (format, width, height)
    }

    static var broken: PhotoError { PhotoError(.broken, "the photo is broken") }
}

/// Reads a file's bytes without ever leaving it.
struct PhotoReader {
    private let file: [UInt8]
    var position = 0

    init(_ file: [UInt8]) { self.file = file }

    var count: Int { file.count }

    func begins(with bytes: [UInt8], at start: Int = 0) -> Bool {
        start + bytes.count <= file.count && file[start..<start + bytes.count].elementsEqual(bytes)
    }

    /// The bytes of `range`; nil if they are not all there.
    func bytes(_ start: Int, _ count: Int) -> [UInt8]? {
        guard start >= 0, count >= 0, count <= file.count - min(start, file.count) else { return nil }
        return Array(file[start..<start + count])
    }

    func byte(_ index: Int) -> Int? { index >= 0 && index < file.count ? Int(file[index]) : nil }

    /// Two bytes, the high one first.
    func big16(_ index: Int) -> Int? {
        guard let high = byte(index), let low = byte(index + 1) else { return nil }
        return high << 8 | low
    }

    /// Four bytes, the high one first.
    func big32(_ index: Int) -> Int? {
        guard let high = big16(index), let low = big16(index + 2) else { return nil }
        return high << 16 | low
    }

    /// `size` bytes, the low one first.
    func little(_ index: Int, _ size: Int) -> Int? {
        var value = 0
        for offset in (0..<size).reversed() {
            guard let next = byte(index + offset) else { return nil }
            value = value << 8 | next
        }
        return value
    }

    /// Where the next marker of a JPEG begins (its code, behind 0xFF), from `start` on; nil at the end of the file.
    /// Restart markers and stuffed zeros belong to the entropy-coded data.
    func nextMarker(from start: Int) -> Int? {
        file.withUnsafeBufferPointer { file in
            var index = start
            while index + 1 < file.count {
                if file[index] == 0xFF {
                    let code = file[index + 1]
                    if code != 0, code != 0xFF, !(0xD0...0xD7).contains(code) { return index + 1 }
                }
                index += 1
            }
            return nil
        }
    }
}
