import CHost
import CMeshABI
public import Plugin
import Synchronization

/// Checks libraries and opens them. Order: the file → the stamp → the pin → open → the door; nothing of a library runs
/// before all of the first three agree.
public final class PluginLoader: Sendable {
    /// How many different builds of one kind a process takes; their code is never unloaded.
    public static let maximumBuilds = 32

    /// Where libraries are looked for.
    public let locator: PluginLocator
    private let copies: PrivateCopies
    private let host: PluginStamp
    private let known = Mutex<[String: LoadedLibrary]>([:])

    /// A loader that has opened nothing yet.
    /// - Parameter host: what plugins must agree with; tests give another.
    public init(locator: PluginLocator, copies: PrivateCopies, host: PluginStamp = HostStamp.own) {
        self.locator = locator
        self.copies = copies
        self.host = host
    }

    /// What a file says it is, without opening it as a library; refusals as for loading, but for the pin.
    /// - Parameters:
    ///   - kind: what it must be, nil for anything.
    ///   - name: what it must be called, nil for anything.
    public func inspect(_ path: String, kind: String? = nil, name: String? = nil) throws(LoadError) -> PluginInspection
    {
        let label = name ?? path
        let file = try PluginFile.read(path, plugin: label)
        let stamp = try self.stamp(of: file, plugin: label)
        return PluginInspection(
            path: path,
            hash: file.hash,
            stamp: stamp,
            refusal: self.refusal(of: stamp, path: path, plugin: label, kind: kind, name: name)
        )
    }

    /// Opens the library of `name`, or gives the open one if its bytes are known.
    /// - Parameters:
    ///   - kind: "service", or the slot of a driver.
    ///   - pin: SHA-256 its bytes must have, in hexadecimal digits; nil for any.
    public func load(_ role: PluginRole, _ name: String, kind: String, pin: String?) throws(LoadError) -> LoadedLibrary
    {
        try self.load(path: try self.locator.find(role, name), name: name, kind: kind, pin: pin)
    }

    /// Opens the library at `path`; blocks on files, so not on a loop.
    public func load(path: String, name: String, kind: String, pin: String?) throws(LoadError) -> LoadedLibrary {
        let file = try PluginFile.read(path, plugin: name)
        let stamp = try self.stamp(of: file, plugin: name)
        if let refusal = self.refusal(of: stamp, path: path, plugin: name, kind: kind, name: name) { throw refusal }
        if let pin, pin.lowercased() != file.hash {
            throw LoadError(
                .pinDiffers,
                plugin: name,
                "\(path) is not the pinned build: expected sha256 \(pin.lowercased()), found \(file.hash);"
                    + " deploy the pinned file or change plugins.\(name).sha256"
            )
        }
        // One at a time: two threads that load the same bytes must get one library.
        return try self.known.withLock { (known) throws(LoadError) -> LoadedLibrary in
            if let library = known[file.hash] { return library }
            let builds = known.values.count { $0.stamp.kind == kind && $0.stamp.name == name }
            let slot = kind == "service" ? builds : known.values.count { $0.stamp.kind == kind }
            guard slot < Self.maximumBuilds else {
                throw LoadError(
                    .tooManyBuilds,
                    plugin: name,
                    "\(path) would be build \(slot + 1) of \(kind) in this process, and \(Self.maximumBuilds) are the most;"
                        + " start the process again"
                )
            }
            let library = try self.open(file, stamp: stamp, name: name, generation: slot + 1)
            known[file.hash] = library
            return library
        }
    }

    // MARK: Steps

    private func stamp(of file: PluginFile, plugin: String) throws(LoadError) -> PluginStamp {
        let bytes: [UInt8]
        do {
            bytes = try ELFSection.find(MESH_STAMP_SECTION, in: file.bytes)
        } catch {
            switch error {
            case .notALibrary(let what), .broken(let what):
                throw LoadError(.notALibrary, plugin: plugin, "\(file.path) \(what); it is no plugin")
            case .absent:
                throw LoadError(
                    .noStamp,
                    plugin: plugin,
                    "\(file.path) has no section \(MESH_STAMP_SECTION): it is no plugin of Lonja; see mesh_abi.h"
                )
            }
        }
        guard let stamp = PluginStamp(bytes: bytes) else {
            throw LoadError(
                .noStamp,
                plugin: plugin,
                "\(file.path) has a section \(MESH_STAMP_SECTION) that is not a stamp; build it again"
            )
        }
        return stamp
    }

    private func refusal(
        of stamp: PluginStamp,
        path: String,
        plugin: String,
        kind: String?,
        name: String?
    ) -> LoadError? {
        guard let mismatch = StampMismatch(stamp, host: self.host, kind: kind, name: name) else { return nil }
        let role = stamp.kind == "service" ? PluginRole.plugin : .driver
        let remedy =
            mismatch.isOnlyIdentity
            ? "deploy the right file under this name"
            : "build it with this host: swift build --product \(PluginLocator.product(role, stamp.name))"
        return LoadError(
            .stampDiffers,
            plugin: plugin,
            "\(path) does not fit this host: \(mismatch.description); \(remedy)"
        )
    }

    private func open(
        _ file: PluginFile,
        stamp: PluginStamp,
        name: String,
        generation: Int
    ) throws(LoadError) -> LoadedLibrary {
        let copy: String
        do {
            copy = try self.copies.place(file.bytes, hash: file.hash)
        } catch {
            throw LoadError(.unreadable, plugin: name, "\(file.path) cannot be copied: \(error.text); free some room")
        }
        let library: DynamicLibrary
        do {
            library = try DynamicLibrary(path: copy)
        } catch {
            throw LoadError(.openFailed, plugin: name, "\(file.path) cannot be opened: \(error.text)")
        }
        host_trap_add_library(name, copy)
        guard let entry = library.entry, let door = entry() else {
            throw LoadError(
                .noEntry,
                plugin: name,
                "\(file.path) has no function \(MESH_ENTRY_SYMBOL) that gives a door; see Entry.swift"
            )
        }
        if let fault = Self.fault(of: door, stamp: stamp) {
            throw LoadError(
                .doorDiffers,
                plugin: name,
                "\(file.path): its door does not fit its stamp: \(fault); build it again"
            )
        }
        return LoadedLibrary(
            path: file.path,
            hash: file.hash,
            stamp: stamp,
            generation: generation,
            door: .init(pointer: door)
        )
    }

    /// The size is looked at first: of an older, shorter struct nothing else may be read.
    private static func fault(of door: DoorPointer, stamp: PluginStamp) -> String? {
        func differs(_ field: String, _ expected: some Any, _ found: some Any) -> String {
            "\(field): expected \(expected), found \(found)"
        }
        let size = UnsafeRawPointer(door).load(as: UInt32.self)
        guard size == stamp.doorSize else { return differs("struct size", stamp.doorSize, size) }
        let major = door.pointee.abi_major
        guard major == stamp.abiMajor else { return differs("ABI major", stamp.abiMajor, major) }
        let minor = door.pointee.abi_minor
        guard minor == stamp.abiMinor else { return differs("ABI minor", stamp.abiMinor, minor) }
        guard PluginStamp(door.pointee.stamp) == stamp else { return "the stamp behind it differs from the file's" }
        for (field, expected, found) in [
            ("kind", stamp.kind, door.pointee.kind),
            ("name", stamp.name, door.pointee.name),
            ("version", stamp.version, door.pointee.version),
        ] where expected != String(cString: found) {
            return differs(field, expected, String(cString: found))
        }
        return nil
    }
}
