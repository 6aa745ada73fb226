internal import CSystemCURL
internal import HTTP
internal import Observe
internal import Reactor

extension FetchTransfer {
    /// Tells curl what to do.
    func prepare(_ configuration: FetchClientConfiguration, trust: TrustStore?) throws(FetchError) {
        // The clock ends it before curl does.
        let connectTimeout = configuration.connectTimeout + .seconds(5)
        easy.setDefaults(connectTimeout: connectTimeout, trust: trust, proxy: configuration.proxy)
        easy.set(CURLOPT_PROTOCOLS_STR, "http,https")
        easy.set(CURLOPT_URL, request.url.text)
        easy.set(CURLOPT_FOLLOWLOCATION, 0)
        easy.set(CURLOPT_USERAGENT, configuration.userAgent)
        easy.set(CURLOPT_MAXAGE_CONN, max(1, Int(configuration.idleAge.components.seconds)))
        switch configuration.versions {
        case .automatic: easy.set(CURLOPT_HTTP_VERSION, CURL_HTTP_VERSION_2TLS)
        case .http1: easy.set(CURLOPT_HTTP_VERSION, CURL_HTTP_VERSION_1_1)
        case .http2PriorKnowledge: open(.existing)
        }
        mayShare = configuration.versions.mayShare(isSecure: request.url.isSecure)
        if mayShare { easy.set(CURLOPT_BUFFERSIZE, SharedConnection.bufferBytes) }
        asksForCodings = configuration.decodesContent && !request.fields.contains("accept-encoding")
        // Not even codings of the transfer, which libcurl 7.88 undoes unasked: see `FetchTransfer+Decoding`.
        easy.set(CURLOPT_HTTP_CONTENT_DECODING, 0)
        easy.set(CURLOPT_HTTPHEADER, try CURLStringList(try fieldLines()))
        try setMethod(configuration.versions)
        setCallbacks()
    }

    /// Says which connections will do.
    func open(_ opening: FetchOpening) {
        self.opening = opening
        switch opening {
        case .any: break
        case .existing: easy.set(CURLOPT_HTTP_VERSION, CURL_HTTP_VERSION_2TLS)
        case .ownHTTP2:
            easy.set(CURLOPT_HTTP_VERSION, CURL_HTTP_VERSION_2_PRIOR_KNOWLEDGE)
            easy.set(CURLOPT_FRESH_CONNECT, 1)
        }
    }

    private func fieldLines() throws(FetchError) -> [String] {
        var lines: [String] = []
        for field in request.fields {
            try FetchFieldCheck.check(field.name, field.value)
            lines.append(Self.line(field.name, field.value))
        }
        for field in request.secretFields {
            let value = field.value.reveal()
            try FetchFieldCheck.check(field.name, value)
            lines.append(Self.line(field.name, value))
        }
        if asksForCodings { lines.append(Self.line("Accept-Encoding", ContentCoding.accepted)) }
        // curl would wait up to a second for a leave that few servers give.
        lines.append("Expect:")
        return lines
    }

    /// An empty value has a form of its own in curl.
    private static func line(_ name: String, _ value: String) -> String {
        value.isEmpty ? "\(name);" : "\(name): \(value)"
    }

    private func setMethod(_ versions: FetchClientConfiguration.Versions) throws(FetchError) {
        let method = request.method
        guard FetchFieldCheck.isToken(method.rawValue), method != .connect else {
            throw FetchError(.invalidRequest, "the method cannot be sent")
        }
        let length: Int?
        switch request.body {
        case .empty: length = [.post, .put, .patch].contains(method) ? 0 : nil
        case .bytes(let bytes): length = bytes.count
        case .stream(let announced, _): length = announced ?? -1
        }
        if let length {
            guard method != .head, method != .trace else {
                throw FetchError(.invalidRequest, "\(method) has no content")
            }
            easy.set(CURLOPT_UPLOAD, 1)
            easy.set(CURLOPT_INFILESIZE_LARGE, offset: length)
            easy.set(CURLOPT_CUSTOMREQUEST, method.rawValue)
        } else if method == .head {
            easy.set(CURLOPT_NOBODY, 1)
        } else {
            easy.set(CURLOPT_HTTPGET, 1)
            easy.set(CURLOPT_CUSTOMREQUEST, method.rawValue)
        }
        // curl sends a request again, by itself, when a connection it kept turns out dead before any answer. With
        // content that must not be sent twice it asks to rewind, which is refused; without content it asks nobody.
        if !request.isIdempotent, length ?? 0 == 0, versions != .http2PriorKnowledge {
            easy.set(CURLOPT_FRESH_CONNECT, 1)
        }
    }
}
