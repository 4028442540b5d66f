import Basics
import Testing

/// Sources of programs: what is a variable, a call or a type is read, and what stands in quotation marks is not.
@Suite struct SecretProgramTests {
    private struct Source: Sendable, CustomTestStringConvertible {
        let name: String
        let text: String
        var testDescription: String { text }
    }

    private static let sources = [
        (
            "a.go",
            [
                "password := os.Getenv(\"DB_PASSWORD\")", "return nil, fmt.Errorf(\"token: %w\", err)",
                "func x() {\n\tfor k, token := range tokens { delete(tokens, k) }\n}\nvar b = 1",
                "var ErrPassword = errors.New(\"password is wrong\")",
                "\ttoken := &Token{ID: newID(), Secret: []byte(secret)}",
                "log.Printf(\"token=%s expires=%d\", token.ID, ttl)", "\tsecret = append(secret, salt...)",
            ]
        ),
        (
            "a.rs",
            [
                "pub struct Credentials { pub password: Option<String>, token: Cow<'a, str>, secret: Vec<u8> }",
                "match token { Token::Eof => break, Token::Ident(name) => name }",
                "let password = rpassword::prompt_password(\"Password: \")?;", "let secret = &config.secret;",
                "let api_key: String = env::var(\"API_KEY\").expect(\"API_KEY is not set\");",
                "let creds = Credentials { password: None, token: token.into(), secret };",
                "fn check(password: &str, hash: &str) -> bool { verify(password, hash).is_ok() }",
            ]
        ),
        (
            "a.py",
            [
                "def login(user, password=None, token: str | None = None, *, secret=b\"\"):",
                "    self._token = kwargs.pop(\"token\", None)", "    self.password = password",
                "    if key == \"expires\" and isinstance(value, int):", "ERRORTOKEN = 60", "N_TOKENS = 64",
                "token = next(tokens)", "password = getpass.getpass(\"Password: \")",
                "auth = HTTPBasicAuth(user, password)",
                "secret = hashlib.sha256(secret).hexdigest()", "PASSWORD_RE = re.compile(r\"^[a-z]+$\")",
                "parser.add_argument(\"--password\", help=\"password for the user\", default=None)",
                "print(f\"token: {token}, password: {hidden}\")",
                "    return {\"user\": user, \"password\": password}",
            ]
        ),
        (
            "a.ts",
            [
                "interface User { id: number; password: string; token?: string | null; apiKey: ApiKey }",
                "const token = await getToken({ scope: \"read\" });",
                "const { password, token: t } = req.body;",
                "export const setPassword = (password: string): void => { state.password = password; };",
                "const headers = { Authorization: `Bearer ${token}`, \"Content-Type\": \"application/json\" };",
            ]
        ),
        (
            "a.swift",
            [
                "struct Token { let secret: String; var password: String? }", "let token = try lexer.next()",
                "guard let password = readLine(strippingNewline: true) else { return nil }",
                "func login(password: String, token: Token) async throws -> Session",
                "let key = SymmetricKey(size: .bits256)",
                "func encode<T: Encodable>(_ value: T, forKey key: CodingKey) throws",
                "case member(of: JSONPath, key: CodingKey)",
            ]
        ),
    ].flatMap { name, texts in texts.map { Source(name: name, text: $0) } }

    @Test(arguments: sources)
    private func `what a program calls by its name stays readable`(_ source: Source) {
        #expect(Redactor().redact(source.text, at: "/srv/app/\(source.name)") == source.text)
    }

    @Test(arguments: [
        "password = decode(\"hunter2Xq\")", "let secret = SecretString::new(\"hunter2Xq\");",
        "password = os.environ.get(\"DB_PASSWORD\", \"hunter2Xq\")", "token := base64Decode(\"hunter2Xq\")",
        "api_key = Secret(\"hunter2Xq\")", "var password = \"hunter2Xq\"", "self.password = \"hunter2Xq\"",
        "func a() {}\nfunc b() {}\nlet password = \"hunter2Xq\"", "if password == \"hunter2Xq\" { return }",
        "def a():\n    pass\ndef b():\n    pass\npassword = hunter2Xq", "TOKEN: ${TOKEN:-hunter2Xq}",
        "my %c = (password => q(hunter2Xq));", "userPassword:: hunter2Xq",
        "password: str = \"hunter2Xq\"", "password: Optional[str] = 'hunter2Xq'",
        "token: str = b\"hunter2Xq\"",
        "auth = HTTPBasicAuth(\"u\", \"hunter2Xq\")", "<a><password>hunter2Xq</password></a>",
        "<s><username>u</username><password>S3cretHunter2Xq-hunter2Xq</password></s>",
        "token: \"{{ 'hunter2Xq' }}\"", "token: \"{{ x | default('hunter2Xq') }}\"",
        "password: ${env:X:hunter2Xq}",
        "const apiKey = cfg.get(\"a\") || \"hunter2Xq\";", "password=b\"hunter2Xq\"",
        "password: {old: hunter2Xq}",
        "PASSWORD=${X}hunter2Xq", "PASSWORD=hunter2Xq # see /etc/x", "password = hunter2Xq; x = 1",
    ])
    func `what is given in so many letters is hidden`(_ text: String) {
        let shown = Redactor().redact(text)
        #expect(shown.contains("‹hidden›") && !shown.contains("hunter2Xq"), "\(shown)")
        #expect(Redactor().redact(shown) == shown)
    }

    @Test(arguments: [
        "password: swordfish", "DB_PASSWORD=admin", "password = swordfish", "\"password\": \"swordfish\"",
        "requirepass swordfish", "password: correct horse", "passwords:\n  root: swordfish",
        "MYSQL_PWD=abc.def",
        "password: 4711", "secret = Secret(\"swordfish\")",
    ])
    func `a password that is a word is hidden under its name`(_ text: String) {
        let shown = Redactor().redact(text)
        #expect(
            shown.contains("‹hidden›") && !shown.contains("swordfish") && !shown.contains("4711"), "\(shown)")
    }
}
