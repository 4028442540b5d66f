/// Several secrets on one line, values before their names, and Holdfast's own secrets.
extension PlantedSecrets {
    private static let groups = "K7QP-J571-NM8W-3AKS-X368"
    private static let more = "0VTR-J571-NM8W-3AKS-X369"
    private static let last = "ZX5C-R2D2-NM8W-3AKZ"
    private static let digits = "Dhl0123456789abcdefghijklmnopqrstuvwxyzABC_-"

    static let own: [PlantedTable] = [several, pairs, lists, fallbacks, tokensOfOurs, kits]

    private static let several: PlantedTable = [
        "second behind double quotes": #"$password = "«pl4ntA1»"; $cfg['passwd'] = '«pl4ntA2»';"#,
        "three, the last in single quotes":
            #"$password = "«pl4ntA3»"; $token = "«pl4ntA4»"; $secret = '«pl4ntA5»';"#,
        "four of JavaScript":
            #"a({password: "«pl4ntA6»", token: '«pl4ntA7»', apiKey: "«pl4ntA8»"}, {secret: '«pl4ntA9»'})"#,
        "behind a name that is quoted":
            #"{'password': "«pl4ntA10»", 'token': '«pl4ntA11»', "secret": '«pl4ntA12»'}"#,
        "of a shell": #"PASSWORD="«pl4ntA13»" TOKEN='«pl4ntA14»' SECRET="«pl4ntA15»" run"#,
    ]

    private static let pairs: PlantedTable = [
        "value before name": #"{"value":"«pl4ntB1»","name":"API_TOKEN"}"#,
        "value before name, one of two":
            #"[{"value":"«pl4ntB2»","name":"API_TOKEN"},{"value":"plain","name":"USER"}]"#,
        "value before name, over lines": "{\n  \"Value\": \"«pl4ntB3»\",\n  \"Key\": \"DB_PASSWORD\"\n}",
        "value before name, quoted mark": #"{"value":"«pl4nt»\"«B4»","name":"API_TOKEN"}"#,
        "value before name in YAML": "- value: «pl4ntB5»\n  name: API_TOKEN\n- value: plain\n  name: LOG",
        "value before name, braces": "- {value: «pl4ntB6», name: API_TOKEN}",
        "name before value, braces": "- {name: API_TOKEN, value: «pl4ntB7»}",
        "pair in added lines": "+  - name: API_TOKEN\n+    value: «pl4ntB8»",
    ]

    private static let lists: PlantedTable = [
        "list of two": #"{"password":["«pl4ntC1»","«pl4ntC2»"],"a":"b"}"#,
        "list with gaps": #"{"a":{"tokens": [ "«pl4ntC3»" , "«pl4ntC4»" ]},"b":[1]}"#,
        "list of PHP": "$config['passwords'] = ['«pl4ntC5»', '«pl4ntC6»'];",
        "list in a table": #"x = { passwords = ["«pl4ntC7»", "«pl4ntC8»"], user = "bob" }"#,
        "list within JSON": #"{"log":"{\"password\":[\"«pl4ntC9»\",\"«pl4ntC10»\"]}"}"#,
    ]

    private static let fallbacks: PlantedTable = [
        "otherwise of PHP": #"$x["api_key"] = $y['z'] ?? '«pl4ntD1»';"#,
        "otherwise, short": "$password = getenv('X') ?: \"«pl4ntD2»\";",
        "otherwise of JavaScript": "const token = config.t || '«pl4ntD3»';",
    ]

    private static let tokensOfOurs: PlantedTable = [
        "own token alone": "«hfk_\(digits)»", "own token in prose": "the laptop uses «hfk_\(digits)».",
        "own token as shown": #""showOnce": "«hfk_\#(digits)»""#,
        "own token of a shell": "export HF=«hfk_\(digits)»",
        "own token behind a word": "tokenis«hfk_\(digits)»",
    ]

    private static let kits: PlantedTable = [
        "kit": "vault x\n    holdfast-key-1:\n    «\(groups)»\n    «\(more)»\n    «\(last)»\nafter",
        "kit on one line": "holdfast-key-1:«\(groups)»-«\(more)»-«\(last)»",
        "kit without its beginning": "«\(groups)»\n«\(more)»\n«\(last)»",
        "kit in small letters": "«\(groups.lowercased())»\n«\(more.lowercased())»\n«\(last.lowercased())»",
        "kit in a comparison": "+    «\(groups)»\n+    «\(more)»\n+    «\(last)»",
        "kit as a list": #"["holdfast-key-1:", "«\#(groups)»", "«\#(more)»", "«\#(last)»"]"#,
        "kit in small letters": "holdfast-key-1:«k7qpj571nm8w3aksx3680vtrj571nm8w3aksx369zx5cr2d2nm8w3akz»",
        "a line of a kit": "note: «\(groups)»",
        "kit with blanks": "«\(joined(" "))»",
        "kit in a sentence": "the keys are «\(joined(" "))» next to it",
        "kit with blanks in small letters": "«\(joined(" ").lowercased())»",
        "kit without dashes and prefix": "key «\(joined(""))» end",
        "kit without anything, small": "«\(joined("").lowercased())»",
        "kit in small letters on one line": "«\(joined("-").lowercased())»",
        "kit of one group a line": "«\(joined("\n"))»", "the same, indented": "  «\(joined("\n  "))»",
        "kit of one group a line in a list": "- «\(joined("\n- "))»",
        "kit of one group a line behind the prefix": "holdfast-key-1:\n«\(joined("\n"))»",
        "kit of groups of eight": "«\(pairs(" "))»",
        "kit of groups of eight behind the prefix":
            "HOLDFAST-KEY-1: «\(pairs(" "))»",
        "kit in JSON": #"{"a":"«\#(joined("\\n"))»"}"#, "kit in two rows": "«\(joined(" ", row: 7))»",
    ]

    private static let all14 = "\(groups)-\(more)-\(last)".split(separator: "-")

    private static func joined(_ gap: String, row: Int = 14) -> String {
        stride(from: 0, to: all14.count, by: row)
            .map { all14[$0..<min($0 + row, all14.count)].joined(separator: gap) }.joined(separator: "\n")
    }

    private static func pairs(_ gap: String) -> String {
        stride(from: 0, to: all14.count, by: 2).map { all14[$0] + all14[$0 + 1] }.joined(separator: gap)
    }

    static let plainOwn = [
        "--without-token cannot be ‘destroy’", "--token takes a value", "--password needs --user",
        "--token and --password exclude each other", "--api-key must be given once",
        "--token is no option here",
        "token create", "token revoke", "token list", "hfk_ and 43 characters", "write hfk_… there",
        "holdfast-key-1: is what the text of a key begins with", "A-B-C-D-E", "----------------------",
        "2024-2025-2026-2027-2028", "THIS-THAT-WITH-FROM-HAVE", "0A1B-22CC-3344-5566-7788",
        "123E4567-E89B-12D3-A456-426614174000", "[ \"$PASSWORD\" = \"\" ] || \"$EXIT\"",
        "a = b || 'c'", "name = $x ?? 'bob'", #"{"value":"plain","name":"USER"}"#,
        #"{"value":"x","hostname":"token"}"#, #"{"password": []}"#,
        // As long as a key, or in as many groups.
        "this that with from have been made then when they them were what next",
        "0000000: 4865 6c6c 6f20 776f 726c 6421 0a48 656c 6c6f 2077 6f72 6c64 210a 4865",
        "d14a028c2a3a2bc9476102bb288234c415a2b01f828ea62ac5b3e42f",
        "duckduckgogg42xjoc72x3sjasowoarfbgcmvfimaftt6twagswzczad.onion", "WXYZ WXYZ WXYZ WXYZ WXYZ WXYZ",
        "K7QP J571 NM8W 3AKS X368 0VTR J571", "GB29 NWBK 6016 1331 9268 19", "5f4d 5f4d 5f4d 5f4d 5f4d",
        "ABCDEFGHJKMNPQRSTVWXYZABCDEFGHJKMNPQRSTVWXYZABCDEFGHJKMNPQ", "year 2024 week 2025 dens 2026",
        "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP", "sda1 sdb2 sdc3 sdd4 sde5 sdf6 sdg7 sdh8",
        #"{"a":"it's","b":"that's"}"#, "- value: plain\n  name: LOG",
    ]
}
