/// What a machine's tar takes besides its usual options when it unpacks.
enum TarOptions {
    /// The shell function `hf_tar`, which finds out and prints them; it reads no standard input.
    static let function = """
        hf_tar() {
        case $(tar --version 2>/dev/null </dev/null) in *GNU*)
        echo --warning=no-timestamp
        if tar -c -f /dev/null --xattrs --acls -T /dev/null 2>/dev/null </dev/null; then echo '--xattrs --xattrs-include=* --acls'; fi ;;
        esac
        }

        """
}
