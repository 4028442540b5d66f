/// Secrets that another member of their object or document tells, and figures that are passwords; every value is made up.
extension PlantedSecrets {
    static let objects: [PlantedTable] = [kubernetes, terraform, figures]

    private static let kubernetes: PlantedTable = [
        "Secret, one line":
            #"{"kind":"Secret","data":{"alpha":"«bluebird»"},"stringData":{"beta":"«hunter2»"}}"#,
        "Secret, last applied":
            "  annotations:\n    x: |\n      {\"kind\":\"Secret\",\"stringData\":{\"alpha\":\"«bluebird»\"}}\nkind: Secret",
        "Secret, escaped": #"{"last":"{\"kind\":\"Secret\",\"data\":{\"alpha\":\"«bluebird»\"}}"}"#,
        "Secret, pretty":
            "{\n    \"data\": {\n        \"alpha\": \"«bluebird»\"\n    },\n    \"kind\": \"Secret\"\n}",
        "Secret, in a list":
            "{\"items\": [\n  {\n    \"data\": {\n      \"alpha\": \"«bluebird»\"\n    },\n    \"kind\": \"Secret\"\n  }\n]}",
        "Secret, flow": "kind: Secret\nstringData: {alpha: «bluebird», beta: \"«hunter two»\"}",
        "Secret, flow alone": "{kind: Secret, data: {alpha: «bluebird»}}",
        "Secret, quoted": "kind: \"Secret\"\ndata:\n  alpha: «bluebird»",
        "Secret, single quotes": "kind: 'Secret'\nstringData:\n  alpha: «bluebird»",
        "Secret, comment": "kind: Secret # of the shop\ndata:\n  alpha: «bluebird»",
        "Secret, blanks": "kind:   Secret\ndata:  # all\n  alpha: «bluebird»",
        "Secret, quoted names": "\"kind\": \"Secret\"\n\"data\":\n  \"alpha\": «bluebird»",
        "Secret, data first": "data: {alpha: «bluebird»}\nkind: Secret",
        "Secret, template": "kind: Secret\ndata:\n  alpha: «{{ .V.a | default \"bluebird\" | b64enc }}»",
        "kustomize":
            "secretGenerator:\n- name: x\n  literals:\n  - alpha=«bluebird»\n  - beta=«hunter2»\nresources: [a]",
    ]

    private static let terraform: PlantedTable = [
        "Terraform, secret":
            "resource \"kubernetes_secret\" \"x\" {\n  data = {\n    alpha = \"«bluebird»\"\n  }\n}",
        "Terraform, output":
            #"{"outputs": {"conn": {"value": "«bluebird»", "type": "string", "sensitive": true}}}"#,
        "Terraform, output, lines":
            "\"conn\": {\n  \"sensitive\": true,\n  \"value\": \"«bluebird»\"\n}",
        "Terraform, output, object":
            #"{"sensitive": true, "value": {"a": "«bluebird»", "b": ["«hunter2»"]}}"#,
        "Terraform, drawn":
            #"{"type":"random_password","instances":[{"attributes":{"bcrypt_hash":"«$2a$x»","length":16,"result":"«bluebird»"}}]}"#,
    ]

    private static let figures: PlantedTable = [
        "figures, dot": "password = «1234.5678»",
        "figures, date": "DB_PASSWORD=«2024.12»",
        "figures, quoted": "\"password\": \"«10.4711»\"",
        "figures, URL": "postgres://u:«4711»@db/x",
        "figures, token": "API_TOKEN=«4711»",
        "figures, key": "SECRET_KEY=«0815»",
        "figures, psk": "psk=«4711»",
    ]

    static let plainObjects = [
        #"{"kind":"ConfigMap","data":{"alpha":"shown"}}"#, "kind: ConfigMap\ndata:\n  alpha: shown",
        "kind: SecretStore\ndata:\n  alpha: shown", "a: Secret\ndata:\n  alpha: shown",
        "kind: Secret\nmetadata:\n  name: db\ntype: Opaque",
        #"{"kind":"Secret","metadata":{"name":"db","labels":{"app":"web"}},"type":"Opaque"}"#,
        "configMapGenerator:\n- name: x\n  literals:\n  - alpha=shown",
        "secretGenerator:\n- name: x\n  files:\n  - a.txt=b.txt\nconfigMapGenerator:\n- literals:\n  - a=shown",
        #"{"sensitive": false, "value": "shown", "type": "string"}"#,
        #"{"type":"random_id","instances":[{"attributes":{"result":"shown"}}]}"#,
        "\"secret\": \"1.0.0\"", "token==2.0", "token_ttl = 3600", "tokens: 4096", "secret: ^10.4711",
        "http://user:${PASSWORD}@h/",
    ]
}
