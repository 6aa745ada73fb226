extension PhotoHeader {
    /// Walks over the segments of a JPEG (ITU-T T.81 annex B) to the end of its first picture; what comes behind that is
    /// not looked at, now or later.
    static func jpeg(_ reader: inout PhotoReader, _ limits: PhotoLimits) throws(PhotoError) -> PhotoHeader {
        var header: PhotoHeader?
        var orientation: PhotoOrientation?
        var scans = 0
        var position = 2
        while true {
            guard let marker = reader.nextMarker(from: position), let code = reader.byte(marker) else { throw broken }
            position = marker + 1
            switch code {
            case 0xD9:
                guard var header, scans > 0 else { throw broken }
                header.orientation = orientation ?? .upright
                return header
            // Another start, or what has no length.
            case 0xD8, 0x01: throw broken
            default: break
            }
            guard let length = reader.big16(position), length >= 2, position + length <= reader.count else {
                throw broken
            }
            switch code {
            // Baseline, extended and progressive, each with Huffman coding.
            case 0xC0, 0xC1, 0xC2:
                guard header == nil, length >= 8, let height = reader.big16(position + 3),
                    let width = reader.big16(position + 5), let components = reader.byte(position + 7)
                else { throw broken }
                guard reader.byte(position + 2) == 8, components == 1 || components == 3 else {
                    throw PhotoError(.unsupported, "a JPEG photo has three colours or one, of 8 bits")
                }
                header = PhotoHeader(.jpeg, width: width, height: height)
            // Lossless, hierarchical and arithmetic ones.
            case 0xC3, 0xC5...0xC7, 0xC9...0xCB, 0xCD...0xCF:
                throw PhotoError(.unsupported, "a JPEG photo is a baseline or a progressive one")
            case 0xDA:
                scans += 1
                guard scans <= limits.scans else {
                    throw PhotoError(.tooLarge, "a JPEG photo has at most \(limits.scans) scans")
                }
            case 0xE1:
                if orientation == nil, let data = reader.bytes(position + 2, length - 2) {
                    orientation = PhotoOrientation(exif: data)
                }
            default: break
            }
            position += length
        }
    }
}
