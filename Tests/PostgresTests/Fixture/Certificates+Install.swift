import Foundation
import TestServers

extension Certificates {
    /// Puts a certificate where a server looks for it.
    func install(_ kind: Kind, into data: String) throws {
        for (file, name) in zip(files(kind), ["server.crt", "server.key"]) {
            let target = "\(data)/\(name)"
            try? FileManager.default.removeItem(atPath: target)
            try FileManager.default.copyItem(atPath: file, toPath: target)
            // Else the server does not take the key.
            try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: target)
        }
    }
}
