import Config
import Glibc

/// The secrets that services need and that a laptop has no reason to choose: made once, kept below `LONJA_STATE`.
enum LocalSecrets {
    /// Each is 32 random bytes in base64, after what its service wants before them.
    static let settings: [Setting] = [
        .secret("auth.codes.pepper", "what hashes of codes are keyed with"),
        .secret("auth.keys.secret", "what private keys are encrypted with"),
        .secret("notification.outbox.key", "what mails are encrypted with while they wait"),
        .secret("profile.pepper", "what passwords are keyed with before they are hashed"),
    ]
    /// Profile names its keys, so that they can be changed.
    private static let prefixes = ["profile.pepper": "local:"]

    /// The variables of those that nobody has set.
    /// - Throws: `StartError` where they cannot be kept.
    static func variables(_ state: String, _ environment: [String: String]) throws(StartError) -> [String: String] {
        var variables: [String: String] = [:]
        let folder = "\(state)/secrets"
        for setting in try UnsetKeys.of(settings, environment) {
            if variables.isEmpty { try make(folder) }
            variables[setting.variable] = try kept(setting.key, folder)
        }
        return variables
    }

    private static func make(_ folder: String) throws(StartError) {
        guard mkdir(folder, 0o700) == 0 || errno == EEXIST else { throw failed(folder) }
    }

    /// The secret of the file, made if there is none. The folder has one host at a time, so nobody else makes it.
    private static func kept(_ key: String, _ folder: String) throws(StartError) -> String {
        let path = "\(folder)/\(key)"
        let prefix = prefixes[key] ?? ""
        if let text = try read(path, length: prefix.utf8.count + 44) { return text }
        let text = prefix + Self.random()
        // Under another name first: what a crash leaves half written never gets the right one.
        let fresh = "\(path).new"
        unlink(fresh)
        let descriptor = open(fresh, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw failed(fresh) }
        defer { close(descriptor) }
        let bytes = Array(text.utf8)
        guard write(descriptor, bytes, bytes.count) == bytes.count, fsync(descriptor) == 0, rename(fresh, path) == 0
        else { throw failed(fresh) }
        return text
    }

    private static func read(_ path: String, length: Int) throws(StartError) -> String? {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW)
        guard descriptor >= 0 else {
            if errno == ENOENT { return nil }
            throw failed(path)
        }
        defer { close(descriptor) }
        var buffer = [UInt8](repeating: 0, count: 256)
        let count = Glibc.read(descriptor, &buffer, buffer.count)
        guard count == length else {
            throw StartError(.configuration, "\(path) is not what lonja up wrote there; put its text back or remove it")
        }
        return String(decoding: buffer[..<count], as: UTF8.self)
    }

    /// 32 bytes from the kernel's generator, in base64 (RFC 4648 §4).
    private static func random() -> String {
        let digits = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)
        var generator = SystemRandomNumberGenerator()
        let bytes = (0..<32).map { _ in UInt8.random(in: .min ... .max, using: &generator) } + [0]
        var text: [UInt8] = []
        for start in stride(from: 0, to: 33, by: 3) {
            let group = Int(bytes[start]) << 16 | Int(bytes[start + 1]) << 8 | Int(bytes[start + 2])
            text += [18, 12, 6, 0].map { digits[group >> $0 & 63] }
        }
        text[43] = UInt8(ascii: "=")
        return String(decoding: text, as: UTF8.self)
    }

    private static func failed(_ path: String) -> StartError {
        let why = String(cString: strerror(errno))
        return StartError(.usage, "\(path): \(why); set LONJA_STATE to a folder of yours")
    }
}
