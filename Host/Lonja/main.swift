// Only the wiring: what a command does is in its own file, what it needs in HostCore.
await Command.run(LonjaCommand.self)
