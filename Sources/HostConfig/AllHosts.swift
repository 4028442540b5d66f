import ConfigText

/// Every host whose file is known, sorted by name; a new one is a row.
///
/// Sources disagree about some places: then a row has several, and the one that exists counts.
package let allHosts: [AssistantHost] = [
    AssistantHost(
        "5ire", "5ire", .json, "servers", linux: ["{config}/5ire/mcp.json"], mac: ["{support}/5ire/mcp.json"],
        windows: ["{roaming}/5ire/mcp.json"]),
    AssistantHost(
        "antigravity", "Antigravity", everywhere: ["{home}/.gemini/antigravity/mcp_config.json"]),
    AssistantHost("augment", "Augment", everywhere: ["{home}/.augment/settings.json"]),
    AssistantHost(
        "claude-code", "Claude Code", form: .typed,
        everywhere: ["{$CLAUDE_CONFIG_DIR}/.claude.json", "{home}/.claude.json"], project: ".mcp.json",
        makesFileItself: true),
    AssistantHost(
        "claude-code-managed", "Claude Code, managed", form: .typed,
        linux: ["/etc/claude-code/managed-mcp.json"],
        mac: ["/Library/Application Support/ClaudeCode/managed-mcp.json"],
        windows: ["C:/Program Files/ClaudeCode/managed-mcp.json"]),
    AssistantHost(
        "claude-desktop", "Claude Desktop",
        linux: [
            "{config}/Claude/claude_desktop_config.json", "{config}/claude/claude_desktop_config.json",
        ],
        mac: ["{support}/Claude/claude_desktop_config.json"],
        windows: [
            "{roaming}/Claude/claude_desktop_config.json",
            "{local}/Packages/Claude_*/LocalCache/Roaming/Claude/claude_desktop_config.json",
        ]),
    AssistantHost(
        "cline", "Cline in VS Code",
        linux: ["{config}/Code/User/globalStorage/saoudrizwan.claude-dev/settings/cline_mcp_settings.json"],
        mac: ["{support}/Code/User/globalStorage/saoudrizwan.claude-dev/settings/cline_mcp_settings.json"],
        windows: ["{roaming}/Code/User/globalStorage/saoudrizwan.claude-dev/settings/cline_mcp_settings.json"]
    ),
    AssistantHost(
        "cline-cli", "Cline CLI",
        everywhere: [
            "{$CLINE_DIR}/data/settings/cline_mcp_settings.json",
            "{home}/.cline/data/settings/cline_mcp_settings.json",
        ]),
    AssistantHost(
        "cline-cursor", "Cline in Cursor",
        linux: ["{config}/Cursor/User/globalStorage/saoudrizwan.claude-dev/settings/cline_mcp_settings.json"],
        mac: ["{support}/Cursor/User/globalStorage/saoudrizwan.claude-dev/settings/cline_mcp_settings.json"],
        windows: [
            "{roaming}/Cursor/User/globalStorage/saoudrizwan.claude-dev/settings/cline_mcp_settings.json"
        ]),
    AssistantHost(
        "codex", "Codex", .toml, "mcp_servers",
        everywhere: ["{$CODEX_HOME}/config.toml", "{home}/.codex/config.toml"],
        project: ".codex/config.toml"),
    AssistantHost(
        "continue", "Continue", .yaml, form: .listed, everywhere: ["{home}/.continue/config.yaml"]),
    AssistantHost(
        "copilot-cli", "GitHub Copilot CLI", form: .copilot, linux: ["{config}/copilot/mcp-config.json"],
        everywhere: ["{home}/.copilot/mcp-config.json"]),
    AssistantHost(
        "crush", "Crush", .json, "mcp", form: .typed, linux: ["{config}/crush/crush.json"],
        mac: ["{home}/.config/crush/crush.json"], windows: ["{local}/crush/crush.json"],
        project: "crush.json"),
    AssistantHost(
        "cursor", "Cursor", everywhere: ["{home}/.cursor/mcp.json"], project: ".cursor/mcp.json"),
    AssistantHost(
        "gemini-cli", "Gemini CLI", .jsonc, everywhere: ["{home}/.gemini/settings.json"],
        project: ".gemini/settings.json"),
    AssistantHost(
        "goose", "Goose", .yaml, "extensions", form: .goose, linux: ["{config}/goose/config.yaml"],
        mac: ["{home}/.config/goose/config.yaml"], windows: ["{roaming}/Block/goose/config/config.yaml"]),
    AssistantHost(
        "junie", "Junie", everywhere: ["{home}/.junie/mcp/mcp.json"], project: ".junie/mcp/mcp.json"),
    AssistantHost(
        "kiro", "Kiro", everywhere: ["{home}/.kiro/settings/mcp.json"], project: ".kiro/settings/mcp.json"),
    AssistantHost(
        "lm-studio", "LM Studio",
        everywhere: ["{home}/.lmstudio/mcp.json", "{home}/.cache/lm-studio/mcp.json"]),
    AssistantHost(
        "mcporter", "MCPorter", .jsonc,
        everywhere: ["{home}/.mcporter/mcporter.json", "{home}/.mcporter/mcporter.jsonc"],
        project: "config/mcporter.json"),
    AssistantHost(
        "mistral-vibe", "Mistral Vibe", .toml, "mcp_servers", form: .listed,
        everywhere: ["{home}/.vibe/config.toml"], project: ".vibe/config.toml"),
    AssistantHost(
        "opencode", "OpenCode", .jsonc, "mcp", form: .openCode,
        linux: ["{config}/opencode/opencode.json", "{config}/opencode/opencode.jsonc"],
        mac: ["{home}/.config/opencode/opencode.json", "{home}/.config/opencode/opencode.jsonc"],
        windows: ["{home}/.config/opencode/opencode.json", "{roaming}/opencode/opencode.json"],
        project: "opencode.json"),
    AssistantHost(
        "qwen-code", "Qwen Code", everywhere: ["{home}/.qwen/settings.json"], project: ".qwen/settings.json"),
    AssistantHost(
        "roo-code", "Roo Code",
        linux: ["{config}/Code/User/globalStorage/rooveterinaryinc.roo-cline/settings/mcp_settings.json"],
        mac: ["{support}/Code/User/globalStorage/rooveterinaryinc.roo-cline/settings/mcp_settings.json"],
        windows: ["{roaming}/Code/User/globalStorage/rooveterinaryinc.roo-cline/settings/mcp_settings.json"],
        project: ".roo/mcp.json"),
    AssistantHost(
        "sema4", "Sema4 Studio", everywhere: ["{home}/.sema4ai/sema4ai-studio/mcp_servers.json"]),
    AssistantHost(
        "trae", "Trae", linux: ["{config}/trae/mcp.json"], mac: ["{support}/Trae/User/mcp.json"],
        windows: ["{roaming}/Trae/User/mcp.json"]),
    AssistantHost(
        "vscode", "VS Code", .jsonc, "servers", form: .typed,
        linux: [
            "{$VSCODE_PORTABLE}/user-data/User/mcp.json", "{config}/Code/User/mcp.json",
            "{home}/.var/app/com.visualstudio.code/config/Code/User/mcp.json",
        ],
        mac: ["{$VSCODE_PORTABLE}/user-data/User/mcp.json", "{support}/Code/User/mcp.json"],
        windows: ["{$VSCODE_PORTABLE}/user-data/User/mcp.json", "{roaming}/Code/User/mcp.json"],
        project: ".vscode/mcp.json"),
    AssistantHost(
        "vscode-insiders", "VS Code Insiders", .jsonc, "servers", form: .typed,
        linux: ["{config}/Code - Insiders/User/mcp.json"], mac: ["{support}/Code - Insiders/User/mcp.json"],
        windows: ["{roaming}/Code - Insiders/User/mcp.json"], project: ".vscode/mcp.json"),
    AssistantHost(
        "vscode-profiles", "VS Code’s profiles", .jsonc, "servers", form: .typed,
        linux: ["{config}/Code/User/profiles/*/mcp.json"], mac: ["{support}/Code/User/profiles/*/mcp.json"],
        windows: ["{roaming}/Code/User/profiles/*/mcp.json"]),
    AssistantHost(
        "windsurf", "Windsurf",
        everywhere: ["{home}/.codeium/windsurf/mcp_config.json", "{home}/.codeium/mcp_config.json"]),
    AssistantHost(
        "zed", "Zed", .jsonc, "context_servers", form: .zed,
        linux: [
            "{$FLATPAK_XDG_CONFIG_HOME}/zed/settings.json", "{config}/zed/settings.json",
            "{home}/.var/app/dev.zed.Zed/config/zed/settings.json",
        ],
        mac: ["{home}/.config/zed/settings.json"], windows: ["{roaming}/Zed/settings.json"],
        project: ".zed/settings.json"),
]
