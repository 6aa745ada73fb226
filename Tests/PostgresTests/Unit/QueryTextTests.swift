import Money
import Observe
import Postgres
import Testing

@Suite
struct QueryTextTests {
    @Test
    func valuesBecomeParametersAndTheTextIsTheSame() {
        func query(_ id: Int, _ name: String?) -> PostgresQuery { "SELECT \(id) WHERE name = \(name) OR \(id) = 2" }
        #expect(query(1, "x").sql == "SELECT $1 WHERE name = $2 OR $3 = 2")
        #expect(query(1, "x").sql == query(-7, nil).sql)
        let name = "a\"b"
        #expect(("SELECT \(identifier: name), \(unsafeSQL: "now()")" as PostgresQuery).sql == #"SELECT "a""b", now()"#)
    }

    @Test
    func errorsAndConfigurationShowNoSecret() {
        var configuration = PostgresConfiguration(
            hosts: [.init("db.example")],
            user: "u",
            password: Secret("hunter2"),
            database: "d"
        )
        #expect(!"\(configuration)".contains("hunter2"))
        #expect(throws: PostgresError.self) { try configuration.validate() }
        configuration.rootCertificate = "root.crt"
        #expect(throws: Never.self) { try configuration.validate() }
        configuration.hosts = []
        #expect(throws: PostgresError.self) { try configuration.validate() }
    }
}
