import Basics
import ConfigText
import HostConfig

extension AssistantHost {
    /// What its file keeps the servers in where single entries are not changed there; nil where they are.
    var whyNotChanged: String? { format == .yaml ? "YAML" : form == .listed ? "a list" : nil }

    /// The servers of a text, by name; of a list, those that have one.
    func servers(in document: any ConfigDocument) throws(ConfigTextError) -> [String: JSONValue] {
        let value = try document.value(at: key)
        guard let elements = value?.array else {
            // What is no table starts nothing; in YAML it may be one that was cut off.
            return (value?.object ?? [:]).filter {
                $0.value.object != nil || format == .yaml && $0.value == .null
            }
        }
        let named = elements.compactMap { element in
            (element["name"] ?? element["key"])?.string.map { ($0, element) }
        }
        return Dictionary(named) { first, _ in first }
    }
}
