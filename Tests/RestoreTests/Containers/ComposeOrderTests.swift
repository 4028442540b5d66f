import Testing

@testable import Restore

@Suite struct ComposeOrderTests {
    @Test func `lists, flow lists, conditions and links`() {
        let order = ComposeOrder(
            """
            version: "2.4"
            services:
              web:
                depends_on: [db, "cache"]
                image: x
              worker:
                depends_on:
                  db:
                    condition: service_healthy
                    restart: true
                  cache: {condition: service_started}
                links:
                  - "db:database"
                  - mail
                environment:
                  depends_on: nothing
              old:
                depends_on:
                - db   
                - web
                ports: ["80:80"]
              db:
                image: y
            volumes:
              services:
                depends_on: [web]
            """)
        #expect(
            order.dependencies == [
                "web": ["db", "cache"], "worker": ["db", "cache", "mail"], "old": ["db", "web"],
            ])
    }

    @Test(arguments: ["", "services:", "services: {a: {depends_on: [b]}}", "x: 1\r\nservices:\r\n"])
    func `what is not understood depends on nothing`(_ text: String) {
        #expect(ComposeOrder(text).dependencies.isEmpty)
    }
}
