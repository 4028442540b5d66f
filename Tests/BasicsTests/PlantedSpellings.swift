/// Secrets in further spellings of programs, logs, notes and tables; every value is made up.
extension PlantedSecrets {
    static let spellings: [PlantedTable] = [marks, programs, names, notes]

    private static let marks: PlantedTable = [
        "semicolon, bindpw": "bindpw «vx^v*36hA;rO»",
        "semicolon, Redis": "requirepass «9_U9#^;ENT#]»",
        "semicolon, first": "masterauth «;5Hk#NE5]aml»",
        "connection, Pwd": #"    "Server=x;Uid=u;Pwd=«bluebird»;""#,
        "connection, PWD": "DB_CONN=Server=x;Uid=u;PWD=«399476»;",
        "brace that nothing closes": "Environment=\"DB_PASSWORD=«{t78C@%n8ow+»\"\nUser=x",
        "dash in quotes": "sshpass -p '«-Vm(@+QuRm»' ssh h",
        "mark of a comment": "Authorization: Bearer «#c13[xf&LJp5V%8F»",
        "PowerShell": #"Connect-X -Password "«Zm9v+YmFy==»" -Token «bluebird»"#,
        "array of a shell": "PASSWORDS=(«bluebird» «hunter2»)",
        "more of it": "PASSWORD+=«bluebird»",
        "between our marks": "‘password=«bluebird»’ is no device name",
    ]

    private static let programs: PlantedTable = [
        "or, Python": "PW = os.getenv('PW') or '«bluebird»'",
        "unwrap_or": #"    let t = env::var("TOKEN").unwrap_or("«bluebird»".into());"#,
        "unwrap_or_else": #"let t = env::var("TOKEN").unwrap_or_else(|_| "«bluebird»".to_string());"#,
        "orElse": #"String t = Optional.ofNullable(System.getenv("TOKEN")).orElse("«bluebird»");"#,
        "C#, coalesced": #"var p = Environment.GetEnvironmentVariable("PW") ?? "«bluebird»";"#,
        "Go, basic": #"req.SetBasicAuth("u", "«bluebird»")"#,
        "Rust, bearer": #"    .bearer_auth("«bluebird»")"#,
        "builder": #"    builder.password("«bluebird»")"#,
        "echo to a file": "echo «bluebird» > /etc/app/password",
        "echo, quoted": #"echo "«bluebird»" > ~/.vault_pass"#,
        "printf to a file": #"printf "%s" "«bluebird»" >token.txt"#,
        "chpasswd in a shell": #"sudo sh -c 'echo "u:«bluebird»" | chpasswd'"#,
        "mysqladmin": "mysqladmin -u root password «bluebird»",
        "vncviewer": "vncviewer -passwd «bluebird» h",
    ]

    private static let names: PlantedTable = [
        "npm": "//r/:_auth=«bluebird»",
        "account key": "B2_ACCOUNT_KEY=«bluebird»",
        "account key, quoted": #"AZURE_ACCOUNT_KEY="«bluebird»""#,
        "WordPress, key": "define( 'AUTH_KEY',         '«bluebird»' );",
        "WordPress, salt": "define('NONCE_SALT', '«bluebird»');",
        "auth key": "tailscale up --auth-key=«bluebird»",
    ]

    private static let notes: PlantedTable = [
        "MySQL": "mysqld: A temporary password is generated for root@localhost: «bluebird»",
        "is, colon": "app: Your password is: «bluebird»",
        "set to": #"app: password set to "«bluebird»""#,
        "bearer in a log": "10:00 h app: Authorization: Bearer «bluebird»",
        "bold": "**Password:** «bluebird»",
        "Markdown table": "| user | password |\n| --- | --- |\n| joe | «bluebird» |\n| ann | `«hunter2»` |",
    ]

    static let plainSpellings = [
        "[Google Test]: https://github.com/google/googletest", "[0] https://www.openssh.com/",
        "LoadCredential=sysctl.extra", "LoadCredential=passwd.shell.root",
        "ConditionCredential=|sysusers.extra",
        "identified by the V8 team", "identified as an author", "Basic Installation",
        "if kind == token.NAME:\n    return", "for x in token:\n    raise exceptions.GoogleAuthError(",
        "<a href=\"x\" accesskey=\"p\">", "| name | value |\n| --- | --- |\n| password | shown |",
        "name,value\npassword,shown", "user,host\na,b", "echo hello > /etc/motd", "echo 1 > /sys/power/state",
        "token or \"secret\"", "Server=x;Uid=u;Database=y;", "x |- y | password |",
    ]
}
