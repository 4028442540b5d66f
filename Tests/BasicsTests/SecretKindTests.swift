import Basics
import Testing

/// What stands without quotation marks is an expression in the source of a program alone, and there where code stands.
@Suite struct SecretKindTests {
    /// Passwords that look like calls, types, paths of names and references.
    static let passwords = [
        "kT7(w9Lp$Qz2", "aXk9(dQ2mZ", "Sommer(2024)", "correct(horse)battery", "hunter()", "Kx7{p2Qz!}",
        "Sommer{2024}", "[Kx7]p2Qz9!", "[Sommer]2024!", "config.a-9xKqL22", "env.prod-9xK2", "vault.Sommer",
        "self.love", "this.is.me", "abc::def", "ENC(Zm9vYmFyYmF6)", "bluebird", "hunter2",
        "correct-horse-battery", "Zm9v+YmFy/YmF6cXV4Cg==", "q/8Kd2nXvLrT0bWmZs1Yw", "$UMMER2024!",
        "$ECRET2024",
        "$WINTER99", "$$WINTER", "$Xk/abcDEF123", "$ummer/2024xyz", "$12!$34", "!@$#%^&*", "{Xk9.dQ2}",
        "{abc.DEF123}", "#{Xk9dQ2mZ}", "$(Xk9dQ2mZ)", "\\(Xk9dQ2mZ)", "%WINTER%", "${X-winter}",
        "${X/a/winter}",
        "{noop}winter", "{cipher}0123abcdef", "{{ x | default('winter') }}", "{{ x | d('winter') }}",
        "{{ x | default \"winter\" }}", "{{ default \"winter\" .V.p }}", "{{ or .X \"winter\" }}",
        "{{ coalesce .a \"winter\" }}", "{{ x if y else 'winter' }}", "{{ x or 'winter' }}",
    ]

    /// Files that are no sources, with `§` where the password stands.
    static let files = [
        ("/srv/.env", "DB_PASSWORD=§\n"), ("/srv/x.env", "readonly A=1\nreadonly B=2\nDB_PASSWORD=§\n"),
        ("/etc/app.ini", "[db]\npassword = §\n"), ("/etc/app.yaml", "db:\n  password: §\n"),
        ("/etc/a.service", "Environment=DB_PASSWORD=§\n"), ("/srv/compose.yml", "    - DB_PASSWORD=§\n"),
        ("/srv/a.properties", "spring.datasource.password=§\n"), ("/etc/app", "password=§\n"),
        ("/srv/a.sh", "#!/bin/sh\nlet i=1\nlet j=2\nexport DB_PASSWORD=§\n"),
        ("/srv/Makefile", "override A = x\noverride B = y\nDB_PASSWORD = §\n"),
        (
            "/etc/dhcpcd.conf",
            "interface eth0\nstatic ip_address=10.0.0.1\nstatic routers=10.0.0.2\npassword=§\n"
        ),
        ("/srv/README.md", "```js\nconst a = 1;\nlet b = 2;\n```\nDB_PASSWORD=§\n"),
    ]

    @Test(arguments: passwords)
    func `no password is an expression where no program is`(_ password: String) {
        for (path, text) in Self.files {
            let whole = text.split(separator: "§").joined(separator: password)
            let shown = Redactor().redact(whole, at: path)
            #expect(!shown.contains(password) && shown.contains("‹hidden›"), "\(path): \(shown)")
            #expect(Redactor().redact(shown, at: path) == shown, "\(path)")
        }
    }

    @Test(arguments: [
        "internal password: §", "my password: §", "public token=§", "final password = §", "else password=§",
        "private key password: §", "from admin password=§", "let password=§", "readonly PASSWORD=§",
        "- internal password: §", "output secret: §", "override DB_PASSWORD := §", "export const PASSWORD=§",
        "from all of us\nmy dear\nthe password = §", "user: admin, password: §", "private token: §",
        "enum secret=§", "variable password=§", "class map\ninterface eth0\npassword=§",
    ])
    func `a line is no program for itself`(_ text: String) {
        for password in ["bluebird", "hunter2", "correct-horse-battery", "Zm9v+YmFy/YmF6cXV4Cg=="] {
            let whole = text.split(separator: "§", omittingEmptySubsequences: false).joined(
                separator: password)
            for shown in [Redactor().redact(whole), Redactor().redact(whole, at: "/srv/notes.txt")] {
                #expect(!shown.contains(password), "\(shown)")
            }
        }
    }

    @Test(arguments: [
        ("a.ts", "const t = `\nDB_PASSWORD=bluebird\nAPI_TOKEN=bluebird\n`;\nlet p = q;"),
        ("a.ts", "let a = 1;\n// password: bluebird\n/* token = bluebird */"),
        ("a.go", "func a() {\n\t// password: bluebird\n}\nvar x = `\npassword=bluebird\n`"),
        ("a.swift", "let a = 1\n/// token = bluebird\nlet b = \"\"\"\n    password=bluebird\n    \"\"\""),
        ("a.py", "def f():\n    \"\"\"\n    DB_PASSWORD=bluebird\n    \"\"\"\n    # password: bluebird"),
        ("a.py", "cfg = '''\n[db]\npassword = bluebird\npassword: bluebird\n'''"),
        ("a.py", "print(\"password: bluebird\")\nlog('using password=bluebird')"),
        ("A.java", "public class A {\n  /** password: bluebird */\n  // DB_PASSWORD=bluebird\n}"),
        ("a.rb", "x = <<~END\n  password=bluebird\nEND\n# password: bluebird"),
        ("a.php", "<?php\n// password = bluebird\n$x = <<<EOT\npassword=bluebird\nEOT;"),
        ("main.tf", "user_data = <<-EOF\n  export DB_PASSWORD=bluebird\n  password: bluebird\nEOF"),
        ("a.pl", "my $x = 1;\n=head1 X\n\npassword=bluebird\n\n=cut\nmy $y = 2;"),
        ("a.lua", "-- password = bluebird\nlocal x = [[\npassword=bluebird\n]]"),
    ])
    func `comments and texts of a source are no code`(_ name: String, _ text: String) {
        let shown = Redactor().redact(text, at: "/srv/" + name)
        #expect(!shown.contains("bluebird") && shown.contains("‹hidden›"), "\(shown)")
        #expect(Redactor().redact(shown, at: "/srv/" + name) == shown)
    }

    @Test(arguments: [
        ("a.go", "token := newToken(user)\n// it's one of \"two\nsecret := cfg.Secret"),
        (
            "a.rs",
            "fn f<'a>(password: &'a str, token: &'a str) {\n    let q = '\"';\n    let secret = q_of(token);\n}"
        ),
        ("a.py", "\"\"\"Says \"x\".\"\"\"\npassword = PyJWT(options)\ntoken = self.b64decode(x)[0]"),
        (
            "a.js",
            "const r = `a ${b}`;\nconst creds = await getCreds(\n  x)\nconst o = {\n  password: hashed\n}"
        ),
        ("run", "#!/usr/bin/env python3\npassword = getpass.getpass()\ntoken = args.token\n"),
        ("main.tf", "password = random_password.db.result\ntoken = var.token\n"),
        ("a.py", ":param token: The token\n"),
        ("a.tfvars", "password = var.db_password\n"), ("a.conf", "user_password = local.db_password\n"),
    ])
    func `code stays readable around them`(_ name: String, _ text: String) {
        #expect(Redactor().redact(text, at: "/srv/" + name) == text)
    }

    @Test func `a text beside the path of its file is judged as one of that file`() {
        func tree(_ path: String) -> JSONValue {
            ["path": .string(path), "text": "password := newPassword(x)\n"]
        }
        #expect(Redactor().redact(tree("/srv/a.go")) == tree("/srv/a.go"))
        #expect(Redactor().redact(tree("/srv/a.conf")) != tree("/srv/a.conf"))
        let lines: JSONValue = [
            "path": "/srv/a.py", "text": ["+password = newPassword(x)"], "note": "password = f(x)",
        ]
        #expect(Redactor().redact(lines)["text"] == ["+password = newPassword(x)"])
        #expect(Redactor().redact(lines)["note"] == "password = ‹hidden›")
    }

    @Test(arguments: [
        "name,username,password,url\nx,joe,bluebird,https://h\ny,\"a,b\",\"bluebird two\",z\n",
        "name\tpassword\nx\tbluebird\n", "user;Login Password\nann;bluebird\n",
    ])
    func `the column of passwords of a table is hidden`(_ text: String) {
        let shown = Redactor().redact(text, at: "/home/ann/export.csv")
        #expect(!shown.contains("bluebird") && shown.contains("‹hidden›"), "\(shown)")
        #expect(Redactor().redact(shown, at: "/home/ann/export.csv") == shown)
    }
}
