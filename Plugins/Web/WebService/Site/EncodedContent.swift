import RPC
import Reactor

/// Content in each coding that there is of it, with a strong tag each (RFC 9110 §8.8.3). A value; the bytes are shared.
struct EncodedContent: Sendable {
    /// The content in one coding.
    struct Form: Sendable {
        let bytes: SharedBytes
        let tag: EntityTag

        fileprivate init(_ bytes: [UInt8]) {
            self.bytes = SharedBytes(bytes)
            tag = EntityTag(of: bytes)
        }
    }

    /// As it is.
    let plain: Form
    /// Nil where it is not smaller.
    let brotli: Form?
    /// Nil where it is not smaller.
    let gzip: Form?

    /// Content with what came compressed; of text the rest is made here.
    init(_ content: [UInt8], isText: Bool, coded: [ContentCoding: [UInt8]] = [:]) {
        func form(_ coding: ContentCoding) -> Form? {
            if let given = coded[coding] { return given.count < content.count ? Form(given) : nil }
            return isText ? Compressor.compressed(content, coding).map { Form($0) } : nil
        }
        plain = Form(content)
        brotli = form(.brotli)
        gzip = form(.gzip)
    }
}
