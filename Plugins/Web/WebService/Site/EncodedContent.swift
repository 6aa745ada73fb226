import RPC
import Reactor

/// Content in each coding that there is of it, with a strong tag each (RFC 9110 §8.8.3). A value; the bytes are shared.
struct EncodedContent: Sendable {
    /// The content in one coding.
    struct Form: Sendable {
        let coding: ContentCoding
        let bytes: SharedBytes
        let tag: EntityTag
    }

    /// As it is, and what is smaller.
    let forms: [Form]

    /// Content with what came compressed; of text the rest is made here.
    init(_ content: [UInt8], isText: Bool, coded: [ContentCoding: [UInt8]] = [:]) {
        var forms: [Form] = []
        for coding in ContentCoding.allCases {
            let bytes: [UInt8]?
            if coding == .identity {
                bytes = content
            } else if let given = coded[coding] {
                bytes = given.count < content.count ? given : nil
            } else {
                bytes = isText ? Compressor.compressed(content, coding) : nil
            }
            guard let bytes else { continue }
            forms.append(Form(coding: coding, bytes: SharedBytes(bytes), tag: EntityTag(of: bytes)))
        }
        self.forms = forms
    }
}
