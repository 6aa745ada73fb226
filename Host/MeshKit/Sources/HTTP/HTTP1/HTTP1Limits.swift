/// What a parser accepts at most.
struct HTTP1Limits {
    /// A method's token; longer ones are none that anybody implements.
    static let methodBytes = 32
    /// Digits of a chunk size.
    static let chunkSizeDigits = 16
    /// Bytes of one chunk's extensions.
    static let chunkExtensionBytes = 256
    /// Bytes of all chunk extensions of one request together.
    static let allChunkExtensionBytes = 4 << 10
    /// Empty lines before a request line (RFC 9112 §2.2 asks for one).
    static let leadingEmptyLines = 1

    var requestLineBytes = 8 << 10
    var headerBytes = 16 << 10
    var fields = 100
    var bodyBytes = Int.max
    var trailerBytes = 4 << 10
    var trailerFields = 32
    var scheme = "http"

    init() {}

    init(_ configuration: HTTPServerConfiguration) {
        requestLineBytes = configuration.maximumRequestLineBytes
        headerBytes = configuration.maximumHeaderBytes
        fields = configuration.maximumFields
        bodyBytes = configuration.maximumBodyBytes
        scheme = configuration.scheme
    }
}
