import CWebCoding

/// Compresses content that does not come compressed. Blocks for as long as that takes.
enum Compressor {
    /// Below it the fields cost more than is saved.
    static let least = 256

    /// The content in a coding; nil where that is not smaller.
    static func compressed(_ content: [UInt8], _ coding: ContentCoding) -> [UInt8]? {
        guard content.count >= least, coding != .identity else { return nil }
        let room = web_coding_room(content.count)
        let coded = [UInt8](unsafeUninitializedCapacity: room) { space, count in
            count = 0
            guard let start = space.baseAddress else { return }
            content.withUnsafeBufferPointer { plain in
                guard let first = plain.baseAddress else { return }
                count =
                    coding == .brotli
                    ? web_brotli(first, plain.count, start, room) : web_gzip(first, plain.count, start, room)
            }
        }
        return coded.isEmpty || coded.count >= content.count ? nil : coded
    }
}
