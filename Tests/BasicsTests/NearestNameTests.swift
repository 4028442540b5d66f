import Basics
import Testing

@Suite struct NearestNameTests {
    @Test(arguments: [
        ("", "", 0), ("", "abc", 3), ("abc", "", 3), ("abc", "abc", 0), ("abc", "acb", 1),
        ("backup", "bakup", 1),
        ("kitten", "sitting", 3), ("ab", "ba", 1),
    ]) func `the distance counts changed letters`(_ left: String, _ right: String, _ expected: Int) {
        #expect(NearestName.distance(Array(left), Array(right)) == expected)
    }

    @Test(arguments: [
        ("bakup", "backup"), ("devices", "device"), ("xyz", nil), ("b", nil), ("vualt", "vault"),
    ]) func `only what is near is suggested`(_ word: String, _ expected: String?) {
        #expect(NearestName.find(for: word, among: ["audit", "backup", "device", "vault"]) == expected)
    }
}
