extension PhotoHeader {
    /// Reads the first chunks of a WebP file (RFC 9649).
    static func webp(_ reader: inout PhotoReader, _ limits: PhotoLimits) throws(PhotoError) -> PhotoHeader {
        guard let size = reader.little(4, 4), size >= 12, size + 8 <= reader.count else { throw broken }
        let end = size + 8
        var canvas: PhotoHeader?
        var isKept = false
        var position = 12
        while position + 8 <= end {
            guard let type = reader.bytes(position, 4), let length = reader.little(position + 4, 4),
                length <= end - position - 8
            else { throw broken }
            let data = position + 8
            switch String(decoding: type, as: UTF8.self) {
            case "VP8X":
                guard canvas == nil, length >= 10, let flags = reader.byte(data),
                    let width = reader.little(data + 4, 3),
                    let height = reader.little(data + 7, 3)
                else { throw broken }
                guard flags & 0x02 == 0 else { throw PhotoError(.unsupported, "a photo does not move") }
                canvas = PhotoHeader(.webp, width: width + 1, height: height + 1)
            case "ANIM", "ANMF": throw PhotoError(.unsupported, "a photo does not move")
            case "ALPH": isKept = true
            case "VP8 ":
                guard length >= 10, let width = reader.little(data + 6, 2), let height = reader.little(data + 8, 2)
                else { throw broken }
                return try webp(width & 0x3FFF, height & 0x3FFF, canvas, isKept, limits)
            case "VP8L":
                guard length >= 5, reader.byte(data) == 0x2F, let bits = reader.little(data + 1, 4) else {
                    throw broken
                }
                return try webp((bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1, canvas, true, limits)
            default: break
            }
            position = data + length + length % 2
        }
        throw broken
    }

    private static func webp(
        _ width: Int,
        _ height: Int,
        _ canvas: PhotoHeader?,
        _ isKept: Bool,
        _ limits: PhotoLimits
    ) throws(PhotoError) -> PhotoHeader {
        let header = PhotoHeader(.webp, width: width, height: height)
        guard canvas == nil || canvas == header else { throw broken }
        guard !isKept || width * height <= limits.keptPixels else {
            throw PhotoError(
                .tooLarge,
                "a lossless or transparent WebP photo has at most \(limits.keptPixels / 1_000_000) million pixels"
            )
        }
        return header
    }
}
