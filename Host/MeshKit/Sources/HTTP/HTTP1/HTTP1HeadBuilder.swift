/// Makes a request head of its lines and settles what they say together: target, host, framing, connection.
struct HTTP1HeadBuilder {
    var fields = HTTPFields()
    private var method = HTTPMethod.get
    private var version = HTTPVersion.http1_1
    private var target = ""
    private var targetAuthority: String?

    init() {
        fields.reserveCapacity(8)
    }

    // MARK: Request line (RFC 9112 §3)

    /// Reads `method SP target SP version`.
    mutating func requestLine(_ line: UnsafeRawBufferPointer) throws(HTTP1Refusal) {
        guard let first = line.firstIndex(of: 0x20), let last = line.lastIndex(of: 0x20), first < last else {
            throw HTTP1Refusal(400, "the request line has not three parts")
        }
        let token = line[..<first]
        guard !token.isEmpty, token.allSatisfy(\.isTokenCharacter) else {
            throw HTTP1Refusal(400, "the method is no token")
        }
        guard token.count <= HTTP1Limits.methodBytes else { throw HTTP1Refusal(501, "the method is not known") }
        method = HTTPMethod(rawValue: UnsafeRawBufferPointer(rebasing: token).text)
        version = try Self.version(UnsafeRawBufferPointer(rebasing: line[(last + 1)...]))
        try requestTarget(UnsafeRawBufferPointer(rebasing: line[(first + 1)..<last]))
    }

    private static func version(_ bytes: UnsafeRawBufferPointer) throws(HTTP1Refusal) -> HTTPVersion {
        let isVersion =
            bytes.count == 8 && bytes.prefix(5).elementsEqual("HTTP/".utf8) && bytes[6] == UInt8(ascii: ".")
            && bytes[5] &- 0x30 < 10 && bytes[7] &- 0x30 < 10
        guard isVersion else { throw HTTP1Refusal(400, "the version is malformed") }
        switch (bytes[5], bytes[7]) {
        case (0x31, 0x31): return .http1_1
        case (0x31, 0x30): return .http1_0
        default: throw HTTP1Refusal(505, "this version of HTTP is not supported")
        }
    }

    /// Reads one of the forms of RFC 9112 §3.2; CONNECT's is refused with the method.
    private mutating func requestTarget(_ bytes: UnsafeRawBufferPointer) throws(HTTP1Refusal) {
        guard method != .connect else { throw HTTP1Refusal(501, "there are no tunnels here") }
        guard !bytes.isEmpty, bytes.allSatisfy(Self.isTargetByte) else {
            throw HTTP1Refusal(400, "the request target is malformed")
        }
        if bytes[0] == UInt8(ascii: "/") {
            target = bytes.text
        } else if bytes.elementsEqual("*".utf8) {
            guard method == .options else { throw HTTP1Refusal(400, "the target * is for OPTIONS") }
            target = "*"
        } else {
            try absoluteTarget(bytes)
        }
    }

    private mutating func absoluteTarget(_ bytes: UnsafeRawBufferPointer) throws(HTTP1Refusal) {
        guard let colon = bytes.firstIndex(of: UInt8(ascii: ":")), bytes[colon...].starts(with: "://".utf8) else {
            throw HTTP1Refusal(400, "the request target is malformed")
        }
        let scheme = String(decoding: bytes[..<colon].lazy.map(\.lowered), as: UTF8.self)
        guard scheme == "http" || scheme == "https" else {
            throw HTTP1Refusal(400, "the request target has another scheme than http")
        }
        let rest = bytes[(colon + 3)...]
        let end = rest.firstIndex { $0 == UInt8(ascii: "/") || $0 == UInt8(ascii: "?") } ?? rest.endIndex
        let authority = String(decoding: rest[..<end], as: UTF8.self)
        guard Self.isAuthority(authority) else { throw HTTP1Refusal(400, "the request target has no valid host") }
        let path = String(decoding: rest[end...], as: UTF8.self)
        targetAuthority = authority
        if path.utf8.first == UInt8(ascii: "/") {
            target = path
        } else {
            target = path.isEmpty && method == .options ? "*" : "/" + path
        }
    }

    /// Visible ASCII without what a URI never holds; `#` begins a fragment, which is not for servers.
    private static func isTargetByte(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x22, 0x23, 0x3C, 0x3E, 0x5C: false  // " # < > \
        case 0x21...0x7E: true
        default: false
        }
    }

    /// `host [":" port]` with a host of RFC 3986 §3.2.2; no user information.
    static func isAuthority(_ text: String) -> Bool {
        var host = Substring(text).utf8
        if host.first == UInt8(ascii: "[") {
            guard let close = host.firstIndex(of: UInt8(ascii: "]")), host.index(after: host.startIndex) < close else {
                return false
            }
            guard host[..<close].dropFirst().allSatisfy({ $0.hexValue != nil || $0 == 0x3A || $0 == 0x2E }) else {
                return false
            }
            host = host[host.index(after: close)...]
            return host.isEmpty || (host.first == UInt8(ascii: ":") && isPort(host.dropFirst()))
        }
        if let colon = host.firstIndex(of: UInt8(ascii: ":")) {
            guard isPort(host[host.index(after: colon)...]) else { return false }
            host = host[..<colon]
        }
        guard !host.isEmpty else { return false }
        return host.allSatisfy { byte in
            switch byte {
            case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x2D, 0x2E, 0x5F, 0x7E: true  // unreserved
            case 0x21, 0x24, 0x26...0x2B, 0x3B, 0x3D, 0x25: true  // sub-delims but the comma, percent
            default: false
            }
        }
    }

    private static func isPort(_ text: Substring.UTF8View) -> Bool {
        text.count <= 5 && text.allSatisfy { $0 &- 0x30 < 10 }
    }

    // MARK: Fields (RFC 9112 §5)

    /// Splits a field line at its colon.
    static func split(
        _ line: UnsafeRawBufferPointer
    ) throws(HTTP1Refusal) -> (name: Slice<UnsafeRawBufferPointer>, value: Slice<UnsafeRawBufferPointer>) {
        guard let first = line.first, !first.isSpaceOrTab else { throw HTTP1Refusal(400, "a field line is folded") }
        guard let colon = line.place(of: UInt8(ascii: ":")) else {
            throw HTTP1Refusal(400, "a field line has no colon")
        }
        let name = line[..<colon]
        guard !name.isEmpty, isToken(UnsafeRawBufferPointer(rebasing: name)) else {
            throw HTTP1Refusal(400, "a field name is no token")
        }
        let value = line[(colon + 1)...].trimmingSpaces()
        guard UnsafeRawBufferPointer(rebasing: value).all({ $0.isFieldValueByte }) else {
            throw HTTP1Refusal(400, "a field value holds control characters")
        }
        return (name, value)
    }

    private static func isToken(_ bytes: UnsafeRawBufferPointer) -> Bool {
        // As nearly all are.
        bytes.all { ($0 | 0x20) &- 0x61 < 26 || $0 == 0x2D } || bytes.allSatisfy(\.isTokenCharacter)
    }

    // MARK: The whole

    /// Settles the head once its last line is there.
    func finish(scheme: String) throws(HTTP1Refusal) -> HTTP1RequestHead {
        let authority = try authority()
        let framing = try framing()
        let expectation = fields.values(for: "expect")
        guard expectation.allSatisfy({ $0.loweredASCII() == "100-continue" }) else {
            throw HTTP1Refusal(417, "this expectation is not known")
        }
        let closes = fields.lists("close", in: "connection")
        let asksToStay = fields.lists("keep-alive", in: "connection")
        return HTTP1RequestHead(
            head: HTTPRequestHead(
                method: method,
                scheme: scheme,
                authority: authority,
                target: target,
                fields: fields,
                version: version
            ),
            framing: framing,
            keepsAlive: !closes && (version == .http1_1 || asksToStay),
            // A peer of HTTP/1.0 does not know interim responses, and without content there is nothing to wait for.
            expectsContinue: !expectation.isEmpty && version == .http1_1 && framing != .none
        )
    }

    private func authority() throws(HTTP1Refusal) -> String {
        let hosts = fields.values(for: "host")
        guard hosts.count <= 1 else { throw HTTP1Refusal(400, "more than one host field") }
        guard let host = hosts.first else {
            guard version == .http1_0 else { throw HTTP1Refusal(400, "the host field is missing") }
            return targetAuthority ?? ""
        }
        guard Self.isAuthority(host) else { throw HTTP1Refusal(400, "the host field is malformed") }
        // RFC 9112 §3.2.2: the target's own host wins.
        return targetAuthority ?? host
    }

    /// RFC 9112 §6, without the repairs it permits.
    private func framing() throws(HTTP1Refusal) -> HTTP1RequestHead.Framing {
        let lengths = fields.values(for: "content-length")
        let codings = fields.values(for: "transfer-encoding")
        guard lengths.isEmpty || codings.isEmpty else {
            throw HTTP1Refusal(400, "both content-length and transfer-encoding")
        }
        if let coding = codings.first {
            guard version == .http1_1 else { throw HTTP1Refusal(400, "transfer-encoding in HTTP/1.0") }
            guard codings.count == 1 else { throw HTTP1Refusal(400, "more than one transfer-encoding field") }
            try Self.checkCoding(coding)
            return .chunked
        }
        guard let text = lengths.first else { return .none }
        guard lengths.count == 1 else { throw HTTP1Refusal(400, "more than one content-length field") }
        guard !text.isEmpty, text.utf8.count <= 18, text.utf8.allSatisfy({ $0 &- 0x30 < 10 }), let length = Int(text)
        else { throw HTTP1Refusal(400, "the content-length is malformed") }
        return length == 0 ? .none : .length(length)
    }

    private static func checkCoding(_ value: String) throws(HTTP1Refusal) {
        let value = value.loweredASCII()
        guard value != "chunked" else { return }
        let names = value.utf8.split(separator: UInt8(ascii: ","), omittingEmptySubsequences: false)
            .map { $0.trimmingSpaces() }
        let chunked = names.filter { $0.elementsEqual("chunked".utf8) }.count
        guard chunked == 1, names.last?.elementsEqual("chunked".utf8) == true,
            names.allSatisfy({ !$0.isEmpty && $0.allSatisfy(\.isTokenCharacter) }), names.count > 1
        else { throw HTTP1Refusal(400, "chunked is not the final transfer coding") }
        throw HTTP1Refusal(501, "this transfer coding is not supported")
    }
}
