import Config
import Plugin

/// What is loaded and how it is configured, before anything runs.
struct PluginAssembly {
    let loader: PluginLoader
    let plugins: [LoadedPlugin]
    let settings: Settings
    /// Libraries of the drivers that the configuration names, by slot.
    let drivers: [String: LoadedLibrary]

    /// Loads what `options` asks for. Blocks on files; runs nothing of a plugin but its entry.
    ///
    /// The configuration is read three times, as each step may say more of it: pins before libraries are opened, the
    /// names of drivers before their libraries are, and all of it at the end, when every key has its owner.
    /// - Throws: `StartError`, with one line for each thing that is wrong.
    static func load(_ options: HostOptions, copies: PrivateCopies) throws(StartError) -> PluginAssembly {
        let loader = PluginLoader(locator: options.locator, copies: copies)
        let available = options.locator.all(.driver).map(\.name)
        let found = options.locator.all(.plugin).map(\.name)
        let wanted: [String]
        switch options.selection {
        case .named(let names): wanted = names
        case .all: wanted = found
        }
        guard !wanted.isEmpty else {
            throw StartError(
                .pluginMissing,
                "LONJA_PLUGIN=all, but no plugin is in: \(options.locator.folders.joined(separator: ", "));"
                    + " build them (swift build) or set LONJA_PLUGIN_PATH"
            )
        }
        let known = Set(HostOptions.services).union(found).union(wanted)
        let own = HostSettings.own + HostSettings.pins(known.union(available))
        let environment = options.environment

        let pins = try Self.settings(own, tolerating: known, environment)
        var plugins: [LoadedPlugin] = []
        for name in wanted {
            do {
                let pin = pins.optionalString(HostSettings.pinKey(name))
                let library = try loader.load(.plugin, name, kind: "service", pin: pin)
                plugins.append(LoadedPlugin(name: name, library: library, type: try library.pluginType()))
            } catch {
                throw StartError(error.code.exitCode, "plugin \(name): \(error.description)")
            }
        }

        let slots = wanted.flatMap(KnownSlots.of)
        let ofSlots = slots.map { Setting.string(HostSettings.driverKey($0), "name of the driver that serves \($0)") }
        // A plugin may declare the key of its slot again, with a default of its own; the later declaration holds.
        let declared = own + ofSlots + plugins.flatMap { $0.type.settings }
        let absent = known.subtracting(wanted)
        let ofDrivers = slots.flatMap { slot in available.flatMap { KnownSlots.keyPrefixes(slot: slot, driver: $0) } }
        let named = try Self.settings(declared, tolerating: absent.union(ofDrivers), environment)

        var drivers: [String: LoadedLibrary] = [:]
        var all = declared
        var others = Set(ofDrivers)
        for slot in slots {
            guard let driver = named.optionalString(HostSettings.driverKey(slot)) else { continue }
            do {
                let pin = PluginRole.isName(driver) ? pins.optionalString(pinFor: driver, known: available) : nil
                let library = try loader.load(.driver, driver, kind: KnownSlots.kind(of: slot), pin: pin)
                all += try library.driverType().settings
                drivers[slot] = library
                others.subtract(KnownSlots.keyPrefixes(slot: slot, driver: driver))
            } catch {
                let origin = named.snapshot.origin(of: HostSettings.driverKey(slot))
                let line = "\(HostSettings.driverKey(slot)) = \(driver) (\(origin)): \(error.description)"
                throw StartError(error.code == .badName ? .configuration : error.code.exitCode, line)
            }
        }
        let settings = try Self.settings(all, tolerating: absent.union(others), environment)
        return PluginAssembly(loader: loader, plugins: plugins, settings: settings, drivers: drivers)
    }

    private static func settings(
        _ declared: [Setting],
        tolerating: Set<String>,
        _ environment: [String: String]
    ) throws(StartError) -> Settings {
        do {
            return try Settings(declared: declared, tolerating: tolerating, environment: environment)
        } catch {
            throw StartError(.configuration, error.description)
        }
    }
}

extension Settings {
    /// The pin of a driver; nil if there is none, or no such driver whose key could have been declared.
    func optionalString(pinFor driver: String, known: [String]) -> String? {
        known.contains(driver) ? self.optionalString(HostSettings.pinKey(driver)) : nil
    }
}
