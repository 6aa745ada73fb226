/// What a photo may be. Everything but the time is known from its headers, before any pixel is decoded.
struct PhotoLimits: Sendable {
    /// Bytes of the file.
    var bytes = 8 << 20
    /// Pixels of a side.
    var side = 8192
    /// Pixels in all.
    var pixels = 25_000_000
    /// Pixels of a picture that libwebp must keep as a whole, at four bytes each: lossless, or with transparency.
    var keptPixels = 10_000_000
    /// Scans of a progressive JPEG: each passes over the whole picture.
    var scans = 64
    /// How long decoding may take.
    var time = Duration.seconds(2)

    static let standard = PhotoLimits()
}
