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
        guard let folder = name.split(separator: "/").dropLast().last, folder.hasSuffix(".d") else {
            return nil
        }
        let unit = folder.dropLast(2)
        return UnitName.isLoadable(unit) && !unit.contains("@.") ? unit : nil
    }

    /// Kinds of units that run for as long as they are enabled; a target may mean to stop the machine.
    private static let begun = [".service", ".timer", ".socket", ".path", ".mount", ".automount"]

    /// Whether a unit that was there and switched off is started as it is enabled, as the next start of the machine would.
    package var begins: Bool {
        action == .unit && to == "enabled" && (from == "disabled" || from == "masked")
            && UnitName.isLoadable(name) && !name.contains("@.")
            && Self.begun.contains { name.hasSuffix($0) }
    }

    /// What is called for a unit besides its files; nil for other steps.
    package var unitCommand: String? {
        if let unit = restartedUnit { return "systemctl try-restart \(String(unit).shellWord)" }
        guard action == .unit, UnitName.isLoadable(name) else { return nil }
        let unit = name.shellWord
        guard from != to else { return "systemctl try-restart \(unit)" }
        return switch to {
        case "enabled": "systemctl enable \(from == "missing" || begins ? "--now " : "")\(unit)"
        case "masked": "systemctl mask \(unit)"
        case "disabled": "systemctl disable \(unit)"
        default: "systemctl disable --now \(unit)"
        }
    }
}
