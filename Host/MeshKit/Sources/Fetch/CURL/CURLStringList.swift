internal import CSystemCURL

/// Owns a list of texts for an option of curl, which does not copy it: it lives as long as its easy handle.
final class CURLStringList {
    private(set) var pointer: UnsafeMutablePointer<curl_slist>?

    init(_ texts: [String]) throws(FetchError) {
        for text in texts {
            guard let longer = curl_slist_append(pointer, text) else {
                throw FetchError(.internalError, "out of memory")
            }
            pointer = longer
        }
    }

    deinit {
        curl_slist_free_all(pointer)
    }
}
