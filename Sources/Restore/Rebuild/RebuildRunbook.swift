package import Basics

/// How to get a device back on a blank machine: chapters in the order in which they are worked through.
package struct RebuildRunbook: Sendable, Equatable, Codable {
    /// What becomes of one thing.
    package enum Fate: String, Sendable, Codable, CaseIterable {
        /// A command of this runbook brings it back.
        case coverable
        /// A person must do it; the reason says what.
        case byHand = "by hand"
        /// The backup does not hold it.
        case lost
    }

    /// One thing of the device.
    package struct Item: Sendable, Equatable, Codable {
        package let name: String
        package let fate: Fate
        /// Why, and what to do, as a sentence without a full stop.
        package let reason: String
        /// The section whose restore brings it back; empty where that is the one of its chapter, or none.
        package let section: String

        package init(_ name: String, _ fate: Fate, _ reason: String, section: String = "") {
            self.name = name
            self.fate = fate
            self.reason = reason
            self.section = section
        }
    }

    /// Commands that are typed at one place.
    package struct Step: Sendable, Equatable, Codable {
        /// Where commands are typed.
        package enum Place: String, Sendable, Codable, CaseIterable {
            /// Where Holdfast runs.
            case here
            /// On the new machine, as root.
            case there
        }

        package let place: Place
        package let commands: [String]

        package init(_ place: Place, _ commands: [String]) {
            self.place = place
            self.commands = commands
        }
    }

    /// One stage of the work.
    package struct Chapter: Sendable, Equatable, Codable {
        package let title: String
        /// What is done here and why now, as sentences.
        package let about: String
        package let items: [Item]
        /// What is typed, in order; those without commands are left out.
        package let steps: [Step]
        /// Sections of the backup that a plan brings this stage back from; none where only commands do.
        package let sections: [String]

        package init(
            _ title: String, about: String, items: [Item] = [], steps: [Step] = [], sections: [String] = []
        ) {
            self.title = title
            self.about = about
            self.items = items
            self.sections = sections
            self.steps = steps.filter { !$0.commands.isEmpty }
        }
    }

    package let device: String
    package let backup: String
    package let taken: Timestamp
    /// What the last drill of the backup says.
    package let proof: String
    /// What the new machine must be.
    package let machine: String
    package let warnings: [String]
    package let chapters: [Chapter]

    /// How many things have that fate.
    package func count(_ fate: Fate) -> Int {
        chapters.reduce(0) { sum, chapter in sum + chapter.items.count { $0.fate == fate } }
    }
}
