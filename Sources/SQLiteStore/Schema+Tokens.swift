extension Schema {
    /// What version 4 adds: the tokens of callers from outside.
    static let tokenTables = """
        CREATE TABLE token (
            number INTEGER PRIMARY KEY,
            id TEXT NOT NULL UNIQUE,
            name TEXT NOT NULL,
            digest TEXT NOT NULL UNIQUE,
            level TEXT NOT NULL,
            toolsets TEXT NOT NULL,
            devices TEXT NOT NULL,
            created INTEGER NOT NULL,
            who TEXT NOT NULL,
            expires INTEGER NOT NULL,
            used INTEGER,
            revoked INTEGER,
            mark TEXT NOT NULL
        ) STRICT;
        CREATE UNIQUE INDEX token_name ON token (name) WHERE revoked IS NULL;
        """
}
