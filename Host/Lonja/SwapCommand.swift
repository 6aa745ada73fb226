import ArgumentParser
import HostCore

/// `lonja swap notification.mail smtp`: gives a running host another driver.
struct SwapCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "swap",
        abstract: "Gives a slot of a running host another driver; needs LONJA_ADMIN_SOCKET."
    )

    @Argument(help: "The slot, as notification.mail.")
    var slot: String

    @Argument(help: "The driver, as smtp.")
    var driver: String

    func run() throws {
        guard let path = ProcessEnvironment.read()["LONJA_ADMIN_SOCKET"], !path.isEmpty else {
            throw StartError(
                .usage,
                "LONJA_ADMIN_SOCKET is not set; set it to the socket that the host was started with"
            )
        }
        let answer = try AdminClient(path: path).swap(slot: self.slot, driver: self.driver)
        guard answer.done else {
            throw StartError(.internalError, "swap refused, the old driver still serves: \(answer.line)")
        }
        print(answer.line)
    }
}
