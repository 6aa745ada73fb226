import ArgumentParser

/// `lonja`: the commands.
struct LonjaCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "lonja",
        abstract: "A stock exchange for paper trading: one binary, a plugin for each service.",
        subcommands: [
            ServeCommand.self, UpCommand.self, PluginsCommand.self, DriversCommand.self, SwapCommand.self,
            MailsCommand.self, AuditCommand.self, MigrateCommand.self, VersionCommand.self,
        ]
    )
}
