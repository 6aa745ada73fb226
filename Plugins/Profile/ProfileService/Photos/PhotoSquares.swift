import CPhoto
import Reactor

/// The two pictures that are kept of a photo: its middle square, upright, as baseline JPEG without any metadata. A photo
/// that is smaller than a square is not blown up.
struct PhotoSquares: Equatable, Sendable {
    /// Pixels of a side of the large and of the small one, unless the photo is smaller.
    static let (largeSide, smallSide) = (512, 128)
    /// Bytes of one at the most; what does not fit is encoded with less quality.
    static let mostBytes = 256 << 10

    let large: [UInt8]
    let small: [UInt8]

    /// Decodes a file. Blocks, for `limits.time` of processor time at the most.
    /// - Throws: `PhotoError`.
    init(of file: [UInt8], _ limits: PhotoLimits = .standard) throws(PhotoError) {
        let header = try PhotoHeader(parsing: file, limits)
        let side = min(Self.largeSide, header.width, header.height)
        let deadline = profile_photo_clock() &+ UInt64(limits.time.wholeNanoseconds)
        let decoded = try Self.decode(file, header, side: side, deadline: deadline)
        let rgb = header.orientation.applied(to: decoded, side: side)
        large = try Self.encode(rgb, side: side)
        let smallSide = min(Self.smallSide, side)
        var shrunk = [UInt8](repeating: 0, count: 3 * smallSide * smallSide)
        try Self.check(profile_photo_shrink(rgb, UInt32(side), &shrunk, UInt32(smallSide)))
        small = try Self.encode(shrunk, side: smallSide)
    }

    private static func decode(
        _ file: [UInt8],
        _ header: PhotoHeader,
        side: Int,
        deadline: UInt64
    ) throws(PhotoError) -> [UInt8] {
        var rgb = [UInt8](repeating: 0, count: 3 * side * side)
        let status = file.withUnsafeBufferPointer { bytes -> Int32 in
            guard let base = bytes.baseAddress else { return Int32(PROFILE_PHOTO_BROKEN) }
            var source = profile_photo_source(
                bytes: base,
                size: bytes.count,
                width: UInt32(header.width),
                height: UInt32(header.height),
                side: UInt32(side),
                deadline: deadline
            )
            switch header.format {
            case .jpeg: return profile_photo_decode_jpeg(&source, &rgb)
            case .png: return profile_photo_decode_png(&source, &rgb)
            case .webp: return profile_photo_decode_webp(&source, &rgb)
            }
        }
        try check(status)
        return rgb
    }

    private static func encode(_ rgb: [UInt8], side: Int) throws(PhotoError) -> [UInt8] {
        var jpeg = [UInt8](repeating: 0, count: mostBytes)
        var size = 0
        var status = Int32(PROFILE_PHOTO_TOO_LARGE)
        for quality: Int32 in [85, 70, 50, 25] where status == Int32(PROFILE_PHOTO_TOO_LARGE) {
            status = profile_photo_encode_jpeg(rgb, UInt32(side), quality, &jpeg, jpeg.count, &size)
        }
        try check(status)
        return Array(jpeg.prefix(size))
    }

    private static func check(_ status: Int32) throws(PhotoError) {
        switch Int(status) {
        case Int(PROFILE_PHOTO_OK): return
        case Int(PROFILE_PHOTO_UNSUPPORTED): throw PhotoError(.unsupported, "a photo of this kind is not taken")
        case Int(PROFILE_PHOTO_TOO_LARGE), Int(PROFILE_PHOTO_LATE), Int(PROFILE_PHOTO_NO_MEMORY):
            throw PhotoError(.tooLarge, "the photo takes too much work")
        default: throw PhotoHeader.broken
        }
    }
}
