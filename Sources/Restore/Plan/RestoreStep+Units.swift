import Basics

extension RestoreStep {
    /// Kinds of units whose own file decides what runs.
    private static let restarted = [".service", ".timer", ".socket", ".mount", ".path", ".target"]

    /// The unit that is restarted, if it runs, as its file comes or changes.
    package var restartedUnit: Substring? {
        guard let unit = unitName, UnitName.isLoadable(unit), !unit.contains("@."),
            Self.restarted.contains(where: { unit.hasSuffix($0) })
        else { return nil }
        return unit
    }

    /// The unit that a drop-in belongs to which comes, changes or goes; instances of a template are not known by it.
    package var dropInUnit: Substring? {
        guard isFile, areas.contains("units"), name.hasSuffix(".conf") else { return nil }
        guard let folder = name.split(separator: "/").dropLast().last, folder.hasSuffix(".d") else { return nil }
        let unit = folder.dropLast(2)
        return UnitName.isLoadable(unit) && !unit.contains("@.") ? unit : nil
    }

    /// What is called for a unit besides its files; nil for other steps.
    package var unitCommand: String? {
        if let unit = restartedUnit { return "systemctl try-restart \(String(unit).shellWord)" }
        guard action == .unit, UnitName.isLoadable(name) else { return nil }
        let unit = name.shellWord
        guard from != to else { return "systemctl try-restart \(unit)" }
        return switch to {
        case "enabled": "systemctl enable \(from == "missing" ? "--now " : "")\(unit)"
        case "masked": "systemctl mask \(unit)"
        case "disabled": "systemctl disable \(unit)"
        default: "systemctl disable --now \(unit)"
        }
    }
}
