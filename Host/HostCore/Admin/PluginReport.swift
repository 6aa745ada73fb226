import Config
import Plugin
import RPC
import Reactor
import Synchronization

/// The text of `/plugins`: what runs here and what it was built with. Never a value of the configuration.
enum PluginReport {
    static func text(of supervisor: Supervisor) -> String {
        let plugins = supervisor.plugins.withLock { $0 }.map { Self.library($0.library) }
        let slots = supervisor.slots.all.map { slot -> AdminJSON in
            let status = slot.status
            return .object([
                ("slot", .text(status.slot)),
                ("driver", status.driver.map { .text($0) } ?? .null),
                ("generation", .number(status.generation)),
                ("inFlight", .number(status.inFlight)),
                ("lastFailure", status.lastFailure.map { .text($0) } ?? .null),
                ("library", supervisor.drivers.library(of: status.slot).map(Self.library) ?? .null),
            ])
        }
        // Each plugin that calls one has a peer of its own for it.
        var named: Set<String> = []
        let peers = supervisor.peers.all.filter { named.insert($0.plugin).inserted }.map { entry -> AdminJSON in
            .object([
                ("service", .text(entry.plugin)),
                ("where", .text(entry.peer.isLocal ? "local" : supervisor.options.target(of: entry.plugin))),
            ])
        }
        return AdminJSON.object([
            ("version", .text(HostStamp.own.version)),
            ("configurationGeneration", .number(supervisor.settings.generation)),
            ("plugins", .array(plugins)),
            ("slots", .array(slots)),
            ("peers", .array(peers)),
        ]).description + "\n"
    }

    private static func library(_ library: LoadedLibrary) -> AdminJSON {
        .object([
            ("name", .text(library.stamp.name)),
            ("kind", .text(library.stamp.kind)),
            ("version", .text(library.stamp.version)),
            ("path", .text(library.path)),
            ("sha256", .text(library.hash)),
            ("generation", .number(library.generation)),
            (
                "stamp",
                .object([
                    ("abi", .text("\(library.stamp.abiMajor).\(library.stamp.abiMinor)")),
                    ("sdkHash", .text(library.stamp.sdkHash)),
                    ("compiler", .text(library.stamp.compiler)),
                ])
            ),
        ])
    }
}
