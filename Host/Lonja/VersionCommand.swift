import ArgumentParser
import HostCore
import Plugin

/// `lonja version`: what this binary and its SDK were built with.
struct VersionCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "version",
        abstract: "Says what this host was built with."
    )

    func run() {
        let host = HostStamp.own
        print("lonja \(host.version)")
        print("ABI \(host.abiMajor).\(host.abiMinor)")
        print("Swift \(host.compiler)")
        print("SDK \(host.sdkHash)")
        if PluginStamp.sdk.sdkHash != host.sdkHash {
            print("libMeshKit.so is of another build: SDK \(PluginStamp.sdk.sdkHash)")
        }
    }
}
