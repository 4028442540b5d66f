/// Lines of programs in which the name of a secret and its value stand apart, by the ending of the file; every value is
/// made up, and `§` stands for it.
enum PlantedSources {
    static let secret: [(ending: String, lines: [String])] = [
        ("py", python), ("ts", script), ("go", go), ("rb", ruby), ("php", php), ("rs", rust), ("java", java),
        ("c", c),
    ]

    private static let python = [
        "password = b\"§\"", "PASSWORD = b'§'", "API_KEY = r'§'", "password = u\"§\"", "password = f\"§\"",
        "connect(host=\"h\", password=b\"§\")", "password = x or \"§\"", "password = \"§\" if x else \"§\"",
        "self.password = password or \"§\"", "password = cfg[\"password\"] if cfg else \"§\"",
        "token = os.getenv(\"TOKEN\", default=\"§\")", "password = prefix + \"§\"", "password = \"a\" \"§\"",
        "PASSWORDS = [\"§\", \"§\"]", "API_KEYS = (\"§\", \"§\")", "password, token = \"§\", \"§\"",
        "user, password = \"u\", \"§\"", "(user, password) = (\"u\", \"§\")", "password = (\n    \"§\"\n)",
        "if password in (\"§\", \"§\"):", "if \"§\" == password:", "password = Field(default=\"§\")",
        "parser.add_argument(\"--password\", default=\"§\")", "keyring.set_password(\"s\", \"u\", \"§\")",
        "cfg[\"password\"] = x or \"§\"", "headers = {\"Authorization\": \"Token \" + \"§\"}",
    ]
    private static let script = [
        "const token = x ? \"§\" : \"§\";", "const token: string = x ?? \"§\";", "if (password === \"§\") {}",
        "if (req.body.password !== '§') {}", "expect(password).toBe(\"§\");",
        "page.fill(\"#password\", \"§\");",
        "const passwords = [\"§\", \"§\"];",
    ]
    private static let go = [
        "password, token := \"§\", \"§\"", "passwords := []string{\"§\", \"§\"}",
        "password := cmp.Or(os.Getenv(\"P\"), \"§\")",
        "tokens := map[string]string{\"a\": \"§\"}", "flag.StringVar(&password, \"password\", \"§\", \"x\")",
        "var password = []byte(\"§\")", "req.Header.Set(\"Authorization\", \"Bearer \"+\"§\")",
    ]
    private static let ruby = [
        "password = x ? \"§\" : \"§\"", "set :password, \"§\"", "x = <<~E\n  DB_PASSWORD=§\n  password: §\nE",
    ]
    private static let php = [
        "$password = isset($x) ? $x : '§';", "if ($password === '§') {",
        "$x = <<<E\npassword=§\nE;", "curl_setopt($c, CURLOPT_PASSWORD, '§');",
    ]
    private static let rust = ["let passwords = vec![\"§\", \"§\"];"]
    private static let java = [
        "String password = x != null ? x : \"§\";", "List<String> passwords = List.of(\"§\", \"§\");",
        "if (password.equals(\"§\")) {", "if (\"§\".equals(password)) {",
        "String password = System.getenv().getOrDefault(\"P\", \"§\");",
    ]
    private static let c = [
        "char password[32] = \"§\";", "const char *password PROGMEM = \"§\";", "#define PASSWORD (\"§\")",
        "std::string password{\"§\"};", "strcpy(password, \"§\");", "strncpy(cfg.password, \"§\", 32);",
        "if (strcmp(password, \"§\") == 0)", "if(!strcmp(password,\"§\")) return 1;",
        "curl_easy_setopt(c, CURLOPT_USERPWD, \"u:§\");",
    ]

    /// Lines that name secrets and give none; they stay readable to the byte.
    static let plain: [(ending: String, lines: [String])] = [
        (
            "py",
            [
                "password = getpass.getpass(\"Password: \") or None",
                "token = re.match(r\"^[a-z0-9]+$\", text)",
                "token = cfg.get(\"api_token2\") or os.environ[\"API_TOKEN\"]", "password = x or DEFAULT",
                "token = jwt.encode(claims, key, algorithm=\"HS256\")",
                "secret = f\"{prefix}-{name}\"", "raise ValueError(\"token must be set\")",
                "token, kind = lexer.next(\"ident\")",
                "if token == \"(\" or kind == \"name2\":", "PASSWORD_WORDS = [\"age\", \"hint\"]",
                "secret = bytes(text, \"utf-8\")", "tokens = [\"if\", \"else\", \"while\"]",
                "if token == 0x00:",
            ]
        ),
        (
            "ts",
            [
                "const token = await get({ scope: \"read2\" });",
                "if (token === \"function\") { return \"value2\"; }",
                "const setPassword = (p: string) => { log(\"step1a\"); };",
                "const key = token ? \"a\" : \"b\";",
                "password: hash(x, \"bcrypt\"),", "case token: return \"value2\";",
            ]
        ),
        (
            "go",
            [
                "password, err := read(\"file2a\")", "switch token {\n\tcase Password: return \"name2a\"\n}",
                "token := strings.TrimPrefix(h, \"Bearer \")", "key := fmt.Sprintf(\"%s:%d\", a, b)",
            ]
        ),
        (
            "swift",
            [
                "case .password: return \"label2a\"", "page(list, key: \\.name) {",
                "let words: Set<String> = [\"a1b2c3\"]",
                "/// behind \"passwords\": [\nlet a = bytes[f(line, begin)..<end], b = isX(name)",
            ]
        ),
        ("c", ["unsigned char *secret = ffi.new(\"unsigned char[]\", 3);", "x = a << b;"]),
    ]
}
