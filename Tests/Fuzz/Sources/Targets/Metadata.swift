import Digest

@testable import RPC

/// Metadata as it comes in header lists: what is taken travels on unchanged, and so do messages of errors.
func fuzzMetadata(_ input: [UInt8]) {
    let parts = input.split(separator: 0x0a, maxSplits: 1, omittingEmptySubsequences: false)
    let name = String(decoding: parts[0], as: UTF8.self)
    let value = parts.count > 1 ? parts[1] : []
    var metadata = Metadata()
    if metadata.appendWire(name: name, value: value) {
        hold(Metadata.isName(name) && !Metadata.isReserved(name), "only names that may come are taken")
        hold(!metadata.isEmpty, "something was taken")
        var again = Metadata()
        for entry in metadata {
            hold(entry.value.wireValue.utf8.allSatisfy { (0x20...0x7e).contains($0) }, "what is sent on is a value")
            hold(again.appendWire(name: entry.name, value: Array(entry.value.wireValue.utf8)), "it is taken again")
        }
        same(metadata, again, "metadata, and the same sent on")
        hold(metadata.wireSize >= metadata.count * 32, "each entry costs 32")
    } else {
        hold(metadata.isEmpty, "what is refused leaves nothing")
    }
    let message = PercentEncoding.decode(input)
    let encoded = PercentEncoding.encode(message)
    hold(encoded.utf8.allSatisfy { (0x20...0x7e).contains($0) }, "an encoded message is a value")
    same(PercentEncoding.decode(Array(encoded.utf8)), message, "a message, and the same encoded and decoded")
    for isPadded in [true, false] {
        let base64 = Base64.encode(input, padded: isPadded)
        same(Base64.decode(Array(base64.utf8)), input, "bytes, and the same as base64")
    }
    if let bytes = Base64.decode(input) {
        same(Base64.decode(Array(Base64.encode(bytes, padded: false).utf8)), bytes, "base64 that was read")
    }
}
