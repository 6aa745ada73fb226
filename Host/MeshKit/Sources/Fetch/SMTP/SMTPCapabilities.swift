/// What a server offers in its answer to EHLO (RFC 5321 §4.1.1.1).
struct SMTPCapabilities: Equatable {
    var has8BitMIME = false
    var hasSMTPUTF8 = false
    var hasPipelining = false
    /// Whether SIZE may be declared; 0 is no fixed limit.
    var hasSize = false
    var maximumSize = 0
    /// The mechanisms of AUTH, upper case.
    var mechanisms: [String] = []

    init() {}

    /// Reads the lines after the first one, which greets.
    init(_ reply: SMTPReply) {
        for line in reply.lines.dropFirst() {
            let words = line.uppercased().split(separator: " ")
            switch words.first {
            case "8BITMIME": has8BitMIME = true
            case "SMTPUTF8": hasSMTPUTF8 = true
            case "PIPELINING": hasPipelining = true
            case "SIZE":
                hasSize = true
                maximumSize = words.count > 1 ? Int(words[1]) ?? 0 : 0
            case "AUTH": mechanisms += words.dropFirst().map(String.init)
            default: break
            }
        }
    }
}
