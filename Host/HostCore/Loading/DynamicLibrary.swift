import CMeshABI
import Glibc

/// An opened library. All `dlopen` and `dlsym` of the host are here; nothing is ever closed.
// The handle is only given to dlsym, which is thread-safe, and stays valid to the end of the process.
struct DynamicLibrary: @unchecked Sendable {
    private let handle: UnsafeMutableRawPointer

    /// Why the system's loader refused, in its own words.
    struct Failure: Error {
        let text: String
    }

    /// Opens `path`, which must hold a slash. Everything is bound now, nothing becomes visible to other libraries, and
    /// the code stays for ever: unloading Swift code leaves dangling metadata.
    init(path: String) throws(Failure) {
        guard let handle = dlopen(path, RTLD_NOW | RTLD_LOCAL | RTLD_NODELETE) else {
            throw Failure(text: Self.lastError())
        }
        self.handle = handle
    }

    /// The entry of a plugin, nil if the library exports none.
    var entry: mesh_plugin_entry_t? {
        guard let symbol = dlsym(self.handle, MESH_ENTRY_SYMBOL) else { return nil }
        return unsafeBitCast(symbol, to: mesh_plugin_entry_t?.self)
    }

    private static func lastError() -> String {
        guard let text = dlerror() else { return "no reason given" }
        return String(cString: text)
    }
}
