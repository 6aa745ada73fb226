internal import CSystemCURL

/// Owns one easy handle, and what curl must not outlive. Loop only.
final class CURLEasyHandle {
    /// For `CURLMultiDriver` and getters beside this file; nobody else keeps it.
    let pointer: UnsafeMutableRawPointer
    private let reason: UnsafeMutablePointer<CChar>
    private var lists: [CURLStringList] = []
    private var kept: [AnyObject] = []

    init() throws(FetchError) {
        try CURLLibrary.require()
        guard let pointer = curl_easy_init() else { throw FetchError(.internalError, "out of memory") }
        self.pointer = pointer
        reason = .allocate(capacity: Int(CURL_ERROR_SIZE))
        reason.initialize(repeating: 0, count: Int(CURL_ERROR_SIZE))
        set(CURLOPT_ERRORBUFFER, pointer: reason)
    }

    deinit {
        curl_easy_cleanup(pointer)
        reason.deallocate()
    }

    /// What curl has to say about the failure, beside its code. May name addresses and hosts, never content.
    var failureText: String { String(cString: reason) }

    func set(_ option: CURLoption, _ value: Int) {
        check(mesh_curl_set_long(pointer, option, value))
    }

    func set(_ option: CURLoption, offset: Int) {
        check(mesh_curl_set_offset(pointer, option, offset))
    }

    /// nil takes the option back to none, which for files of authorities is not curl's default.
    func set(_ option: CURLoption, _ text: String?) {
        if let text { check(mesh_curl_set_text(pointer, option, text)) } else { set(option, pointer: nil) }
    }

    func set(_ option: CURLoption, pointer value: UnsafeMutableRawPointer?) {
        check(mesh_curl_set_pointer(pointer, option, value))
    }

    func set(_ option: CURLoption, _ list: CURLStringList) {
        lists.append(list)
        set(option, pointer: list.pointer)
    }

    /// Sets a data pointer, and keeps what it points to alive as long as the handle.
    func set(_ option: CURLoption, keeping object: AnyObject) {
        kept.append(object)
        set(option, pointer: Unmanaged.passUnretained(object).toOpaque())
    }

    func long(_ info: CURLINFO) -> Int {
        var value = 0
        return mesh_curl_get_long(pointer, info, &value) == CURLE_OK ? value : 0
    }

    /// The socket of its connection, while it has one.
    var socket: Int32? {
        var socket = CURL_SOCKET_BAD
        guard mesh_curl_get_socket(pointer, CURLINFO_ACTIVESOCKET, &socket) == CURLE_OK, socket >= 0 else { return nil }
        return socket
    }

    private func check(_ code: CURLcode) {
        // Out of memory, or an option this library does not know: a mistake of ours, as the version was checked.
        precondition(code == CURLE_OK, "curl refuses an option: \(String(cString: curl_easy_strerror(code)))")
    }
}
