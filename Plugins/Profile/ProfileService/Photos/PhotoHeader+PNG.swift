extension PhotoHeader {
    /// Walks over the chunks of a PNG (W3C PNG, section 5) to its end.
    static func png(_ reader: inout PhotoReader) throws(PhotoError) -> PhotoHeader {
        var header: PhotoHeader?
        var hasData = false
        var position = 8
        while true {
            guard let length = reader.big32(position), let type = reader.bytes(position + 4, 4),
                length <= reader.count - position - 12
            else { throw broken }
            switch String(decoding: type, as: UTF8.self) {
            case "IHDR":
                guard header == nil, position == 8, length == 13, let width = reader.big32(position + 8),
                    let height = reader.big32(position + 12)
                else { throw broken }
                header = PhotoHeader(.png, width: width, height: height)
            // An animated one shows other pictures than the one that is checked.
            case "acTL", "fcTL", "fdAT": throw PhotoError(.unsupported, "a photo does not move")
            case "IDAT": hasData = true
            case "IEND":
                guard let header, hasData else { throw broken }
                return header
            default: guard header != nil else { throw broken }
            }
            position += 12 + length
        }
    }
}
