import Basics
import Testing

@Suite struct RandomNameTests {
    private enum Thing {}

    @Test func `a new name is of its own shape, and another one each time`() {
        let names = (0..<100).map { _ in RandomName<Thing>.random() }
        #expect(Set(names).count == names.count)
        for name in names { #expect(RandomName<Thing>(name.text) == name) }
    }

    @Test(arguments: [
        "", "3f8k2m1qz7xw9a4", "3f8k2m1qz7xw9a4c0", "3F8K2M1QZ7XW9A4C", "3f8k2m1qz7xw9a4l",
        "$(touch /pwned)x;",
        "../../etc/passwd", "x; touch /pwned;", "'; touch /pwned;", "3f8k2m1qz7xw9a4\n", "3f8k2m1 z7xw9a4c",
        "3f8k2m1qz7xw9a4\u{0}", "éééééééé",
    ])
    func `text of another shape is no name`(_ text: String) {
        #expect(RandomName<Thing>(text) == nil)
    }
}
