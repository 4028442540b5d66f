extension Schema {
    /// What version 3 adds: marks on rows, the accounts of approvals, policies and jobs.
    static let rightsTables = """
        ALTER TABLE device ADD COLUMN mark TEXT NOT NULL DEFAULT '';
        ALTER TABLE run ADD COLUMN mark TEXT NOT NULL DEFAULT '';
        ALTER TABLE approval ADD COLUMN account TEXT NOT NULL DEFAULT '';

        CREATE TABLE policy (
            number INTEGER PRIMARY KEY,
            id TEXT NOT NULL UNIQUE,
            name TEXT NOT NULL,
            document BLOB NOT NULL,
            adopted INTEGER NOT NULL,
            who TEXT NOT NULL,
            revoked INTEGER
        ) STRICT;
        CREATE INDEX policy_adopted ON policy (adopted);
        CREATE UNIQUE INDEX policy_name ON policy (name) WHERE revoked IS NULL;

        CREATE TABLE job (
            number INTEGER PRIMARY KEY,
            id TEXT NOT NULL UNIQUE,
            operation TEXT NOT NULL,
            actor TEXT NOT NULL,
            started INTEGER NOT NULL,
            updated INTEGER NOT NULL,
            state TEXT NOT NULL,
            finished INTEGER NOT NULL CHECK (finished IN (0, 1)),
            document BLOB NOT NULL,
            cancel INTEGER NOT NULL DEFAULT 0,
            mark TEXT NOT NULL
        ) STRICT;
        CREATE INDEX job_started ON job (started);
        CREATE INDEX job_unfinished ON job (started) WHERE finished = 0;
        """
}
