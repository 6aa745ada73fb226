internal import Deflate

/// Makes gzip of content at hand, a slice at a time, so that a loop is never held for long. For one task.
final class GzipEncoder {
    static let level = Deflater.level
    /// For what is compressed once.
    static let bestLevel: Int32 = 9

    private let deflater: Deflater
    private let input: [UInt8]
    private var taken = 0
    private var output: [UInt8] = []

    /// Nil where zlib or memory is missing: content is then sent as it is.
    init?(_ input: [UInt8], level: Int32 = GzipEncoder.level) {
        guard let deflater = Deflater(level: level) else { return nil }
        self.deflater = deflater
        self.input = input
        // JSON halves at the least, else it is not worth while.
        output.reserveCapacity(input.count / 2)
    }

    /// Takes one slice more.
    /// - Returns: all of the coded content once everything is taken; nil before.
    func step() -> [UInt8]? {
        let end = min(taken + Deflater.slice, input.count)
        let isLast = end == input.count
        input.withUnsafeBytes { input in
            deflater.step(UnsafeRawBufferPointer(rebasing: input[taken..<end]), isLast: isLast, into: &output)
        }
        taken = end
        return isLast ? output : nil
    }
}
