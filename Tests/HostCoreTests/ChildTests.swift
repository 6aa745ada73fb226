import Glibc
import TestServers
import Testing

@testable import HostCore

/// Children of `lonja up`: the policy as a value, and real processes.
@Suite(.timeLimit(.minutes(1))) struct ChildTests {
    private let folder: TemporaryFolder
    private let me = ChildUser(user: geteuid(), group: getegid(), name: "")

    init() throws { self.folder = try TemporaryFolder() }

    private func program(_ script: String) -> ChildProgram {
        ChildProgram(
            name: "a script",
            path: "/bin/sh",
            arguments: ["-c", script],
            folder: self.folder.path,
            log: self.folder.file("log"),
            user: self.me,
            stopSignal: SIGTERM,
            orphanSignal: SIGKILL
        )
    }

    private func wait(forLogBeginning text: String) async {
        while !self.folder.text("log").hasPrefix(text), !Task.isCancelled { await Task.yield() }
    }

    @Test func whatDoesNotStayUpIsStartedLaterAndLater() {
        var policy = RestartPolicy()
        let delays = (0..<8).map { _ in policy.ended(after: .seconds(1)) }
        #expect(delays.prefix(3) == [.milliseconds(100), .milliseconds(200), .milliseconds(400)])
        #expect(delays.last == RestartPolicy.largest)
        #expect(policy.ended(after: RestartPolicy.good) == RestartPolicy.first)
    }

    @Test func aRunGivesItsStatusAndOutput() throws {
        let (status, output) = try self.program("pwd; echo to errors >&2; exit 3").run()
        #expect(status >> 8 & 0xff == 3)
        #expect(output == "\(self.folder.path)\nto errors\n")
    }

    @Test func itEndsInOrderWhenAsked() async throws {
        let script = "trap 'echo bye; exit 0' TERM; echo up; while :; do sleep 0.05; done"
        let child = try await ChildServer.start(self.program(script))
        await self.wait(forLogBeginning: "up\n")
        #expect(child.processID > 0)
        child.stop()
        #expect(child.processID == 0)
        #expect(self.folder.text("log") == "up\nbye\n")
    }

    @Test func itIsStartedAgainWhenItEnds() async throws {
        let child = try await ChildServer.start(self.program("echo run; exit 1"))
        await self.wait(forLogBeginning: "run\nrun\n")
        child.stop()
    }

    @Test func whatCannotBeStartedSaysWhy() async throws {
        var missing = self.program("")
        missing.path = "/nowhere/server"
        let error = await #expect(throws: StartError.self) { try await ChildServer.start(missing) }
        #expect(error?.exitCode == .dependencyUnavailable)
        #expect(error?.description.contains("/nowhere/server") == true)
        #expect(error?.description.contains("No such file") == true)
    }

    @Test func closedFoldersAreNoticed() throws {
        let closed = self.folder.file("closed")
        #expect(mkdir(closed, 0o700) == 0)
        let other = ChildUser(user: 65_533, group: 65_533, name: "somebody")
        #expect(!other.canReach("\(closed)/state"))
        #expect(self.me.canReach("\(closed)/state"))
    }

    @Test func aFolderIsLockedByOne() throws {
        let first = try StateLock(self.folder.path)
        let error = #expect(throws: StartError.self) { try StateLock(self.folder.path) }
        #expect(error?.exitCode == .dependencyUnavailable)
        withExtendedLifetime(first) {}
    }
}
