import CMeshABI
import Foundation

/// Tiny plugins in C, compiled when a test needs one.
struct CLibrary {
    /// What is wrong with it.
    enum Entry {
        /// No function of the door's name.
        case none
        /// A door whose `struct_size` is this; nil for the right one. It makes nothing.
        case door(structSize: UInt32?)
    }

    /// Compiles one with `stamp`; its constructor writes the file `trace` if there is one. `salt` makes builds differ.
    static func build(
        _ stamp: StampBytes,
        entry: Entry,
        trace: String? = nil,
        salt: Int = 0,
        to path: String
    ) async throws {
        let row = stamp.bytes.map { "\($0)" }.joined(separator: ",")
        var source = """
            #include <stddef.h>
            #include <stdint.h>
            #include <stdio.h>
            #include <string.h>
            #include "mesh_abi.h"
            __attribute__((section(".lonja"), used)) static const uint8_t stamp[] = {\(row)};
            const int salt = \(salt);

            """
        if let trace {
            source += "__attribute__((constructor)) static void trace(void) { fclose(fopen(\"\(trace)\", \"w\")); }\n"
        }
        if case .door(let size) = entry {
            source += """
                static char kind[33], name[33], version[33];
                static void *make(const mesh_plugin_t *self) { return 0; }
                static mesh_plugin_t door = {.kind = kind, .name = name, .version = version, .make = make};
                const mesh_plugin_t *mesh_plugin(void) {
                    memcpy(&door.stamp, stamp, sizeof door.stamp);
                    memcpy(kind, door.stamp.kind, 32);
                    memcpy(name, door.stamp.name, 32);
                    memcpy(version, door.stamp.version, 32);
                    door.struct_size = \(size ?? UInt32(MemoryLayout<mesh_plugin_t>.size));
                    door.abi_major = door.stamp.abi_major;
                    door.abi_minor = door.stamp.abi_minor;
                    return &door;
                }

                """
        }
        let file = path + ".c"
        try Data(source.utf8).write(to: URL(fileURLWithPath: file))
        let header = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
            .appending(path: "../../Host/MeshKit/Sources/CMeshABI/include").path()
        try await Tool.run("clang", ["-shared", "-fPIC", "-w", "-I", header, "-o", path, file])
        try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: path)
    }
}
