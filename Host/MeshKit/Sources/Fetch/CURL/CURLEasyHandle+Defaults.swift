internal import CSystemCURL
internal import Reactor

extension CURLEasyHandle {
    /// What holds for every transfer here, whatever its protocol. Nothing of the user's environment has a say.
    func setDefaults(connectTimeout: Duration, trust: TrustStore?, proxy: String?) {
        set(CURLOPT_NOSIGNAL, 1)
        // A cancelled look-up is left to its thread; without this curl waits for it.
        set(CURLOPT_QUICK_EXIT, 1)
        set(CURLOPT_PROXY, proxy ?? "")
        set(CURLOPT_NETRC, Int(CURL_NETRC_IGNORED.rawValue))
        set(CURLOPT_CONNECTTIMEOUT_MS, max(1, Int(clamping: connectTimeout.wholeNanoseconds / 1_000_000)))
        set(CURLOPT_TCP_KEEPALIVE, 1)
        set(CURLOPT_SSL_VERIFYPEER, 1)
        set(CURLOPT_SSL_VERIFYHOST, 2)
        set(CURLOPT_SSLVERSION, Int(CURL_SSLVERSION_TLSv1_2))
        // The authorities come with the store, not from curl's reading of a file on the loop.
        set(CURLOPT_CAINFO, nil)
        set(CURLOPT_CAPATH, nil)
        set(CURLOPT_CA_CACHE_TIMEOUT, 0)
        guard let trust else { return }
        set(CURLOPT_SSL_CTX_DATA, keeping: trust)
        mesh_curl_set_tls_context(pointer) { _, context, user in
            guard let context, let user else { return CURLE_SSL_CERTPROBLEM }
            Unmanaged<TrustStore>.fromOpaque(user).takeUnretainedValue().use(in: context)
            return CURLE_OK
        }
    }
}
