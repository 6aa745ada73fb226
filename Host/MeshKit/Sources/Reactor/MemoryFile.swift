internal import CSystemEpoll
internal import Glibc

/// A file of this process's memory that never changes (memfd_create(2)), and its bytes. What is sent from a file the
/// kernel does not copy (sendfile(2)). Owns the descriptor and the mapping.
///
/// Safe: the memory is mapped for reading alone, nobody else has the file, and it is written in `init` alone.
final class MemoryFile: @unchecked Sendable {
    let descriptor: Int32
    let bytes: UnsafeRawBufferPointer

    /// Keeps a copy of `content`; nil if the system has no such file for us.
    init?(_ content: [UInt8]) {
        guard !content.isEmpty else { return nil }
        let descriptor = mesh_memory_file()
        guard descriptor >= 0 else { return nil }
        guard Self.write(content, to: descriptor),
            let start = mmap(nil, content.count, PROT_READ, MAP_SHARED, descriptor, 0), start != MAP_FAILED
        else {
            close(descriptor)
            return nil
        }
        self.descriptor = descriptor
        bytes = UnsafeRawBufferPointer(start: start, count: content.count)
    }

    deinit {
        munmap(UnsafeMutableRawPointer(mutating: bytes.baseAddress), bytes.count)
        close(descriptor)
    }

    private static func write(_ content: [UInt8], to descriptor: Int32) -> Bool {
        content.withUnsafeBytes { bytes in
            var written = 0
            while written < bytes.count {
                let rest = UnsafeRawBufferPointer(rebasing: bytes[written...])
                let count = Glibc.write(descriptor, rest.baseAddress, rest.count)
                guard count > 0 else { return false }
                written += count
            }
            return true
        }
    }
}
