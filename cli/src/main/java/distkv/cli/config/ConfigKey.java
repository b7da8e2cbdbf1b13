package distkv.cli.config;

import distkv.model.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A key of the configuration. {@link #ALL} has every key that may be in a file or after {@code -C}: the defaults,
 * the checks, and {@code docs/configuration.md} are made from it.
 *
 * @param name with dots between the levels
 * @param kind what is expected
 * @param otherwise the default; {@code null} if there is no fixed one
 * @param meaning a sentence about it
 * @param option the options that say the same for one command, or ""
 */
public record ConfigKey(
        String name, ValueKind kind, @Nullable Object otherwise, String meaning, String option) {
    /** The type of a key's value. */
    enum ValueKind {
        TEXT("text"),
        PORT("port"),
        SECONDS("seconds"),
        NUMBER("number"),
        FLAG("`true` or `false`"),
        SIZE("size, like `2G`"),
        FILE("file"),
        PATH("path"),
        LIST("list of texts"),
        TLS("`false` or nothing, a word, or a map"),
        LOG_IN("text, or a map"),
        /** Has keys of its own, which are checked elsewhere or not at all. */
        MAP("map"),
        /** Of the original; has no effect here. */
        WITHOUT_EFFECT("–");

        final String expected;

        ValueKind(String expected) {
            this.expected = expected;
        }
    }

    public static final List<ConfigKey> ALL = List.of(
            of(
                    "connect.host",
                    ValueKind.TEXT,
                    null,
                    "The server's host, `tls://HOST` if it has TLS, or `unix:PATH`. Otherwise, if the port is not given either, the server that this machine has joined; or the Unix socket of a server on this machine; then `localhost`.",
                    "`-h`"),
            of("connect.port", ValueKind.PORT, 27586L, "The server's port.", "`-p`"),
            of(
                    "connect.ssl",
                    ValueKind.TLS,
                    null,
                    "TLS, and whom to trust: `true` for the usual authorities, or a map with `ca` (a file with the authority's certificate) or `fingerprint` (SHA-256 of the authority's certificate), and perhaps `cert` and `key` (files with a certificate of the client's own), and `name` (that the server's certificate must have, in place of its host).",
                    ""),
            of(
                    "connect.token",
                    ValueKind.TEXT,
                    null,
                    "The token to log in with. `$DISTKV_TOKEN` comes first; otherwise what `distkv login` has kept for the server.",
                    ""),
            of(
                    "connect.user",
                    ValueKind.TEXT,
                    null,
                    "The user to log in as, together with `connect.password`. `$DISTKV_USER` and `$DISTKV_PASSWORD` come first.",
                    ""),
            of("connect.password", ValueKind.TEXT, null, "The password of `connect.user`.", ""),
            of(
                    "connect.auth",
                    ValueKind.LOG_IN,
                    null,
                    "The same in the original's words: `password name=NAME password=PASSWORD`.",
                    "`client -a`"),
            of(
                    "connect.name",
                    ValueKind.TEXT,
                    null,
                    "The name of this machine as a client, a server, and a node of runners. Otherwise the name under which it has joined, or the host name.",
                    "`up NAME`, `server NAME`, `run -n NODE all`"),
            of(
                    "connect.init_timeout",
                    ValueKind.SECONDS,
                    5L,
                    "How long to wait for the server to answer and greet.",
                    ""),
            of(
                    "connect.retry",
                    ValueKind.SECONDS,
                    1L,
                    "The longest wait of a client in Python between attempts to reconnect.",
                    ""),
            of(
                    "connect.patience",
                    ValueKind.SECONDS,
                    10L,
                    "How long a request that was under way when the connection was lost waits for a new connection.",
                    ""),
            of(
                    "connect.window",
                    ValueKind.NUMBER,
                    1024L,
                    "How many messages of a stream may be on their way to a client in Python before it confirms some.",
                    ""),
            of(
                    "server.bind_default.host",
                    ValueKind.TEXT,
                    "localhost",
                    "The address that the server listens on; without TLS, of the loopback interface only.",
                    "`--bind`"),
            of("server.bind_default.port", ValueKind.PORT, 27586L, "The port that the server listens on.", "`--bind`"),
            of(
                    "server.bind_default.ssl",
                    ValueKind.TLS,
                    null,
                    "TLS at that port: `auto` (the server is its own authority), or a map with the files `cert` and `key`, and perhaps `ca` (authorities whose clients' certificates are believed).",
                    "`--tls`, `--tls-cert`, `--tls-key`, `--tls-client-ca`"),
            of(
                    "server.socket",
                    ValueKind.FILE,
                    null,
                    "The Unix socket for clients on this machine, or `none`. Otherwise `distkv.sock` in the data directory.",
                    "`--socket`"),
            of(
                    "server.data",
                    ValueKind.FILE,
                    null,
                    "Where the server keeps the tree. Otherwise `~/.local/share/distkv`.",
                    "`--data`"),
            of(
                    "server.memory",
                    ValueKind.SIZE,
                    null,
                    "The server's heap, 128M or more; 45 % of it is for the tree. Otherwise 1G.",
                    ""),
            of(
                    "runner.labels",
                    ValueKind.LIST,
                    List.of(),
                    "What this node has, for jobs that ask for it with `--where`. Otherwise what its invitation says.",
                    "`--label`"),
            of(
                    "runner.capacity",
                    ValueKind.NUMBER,
                    null,
                    "How much this node can run, compared with the others. Otherwise its number of cores, or of GiB of memory if that is less.",
                    "`--capacity`"),
            of(
                    "runner.python",
                    ValueKind.FILE,
                    null,
                    "The interpreter for Python code; it needs the package `distkv`. Otherwise the one that is built in.",
                    "`--python`"),
            of(
                    "runner.limits",
                    ValueKind.MAP,
                    Map.of(),
                    "What a run may use if its job sets no limits: `memory`, `cpu`, `files`, `processes`, `time`.",
                    "`--limit`"),
            of(
                    "runner.memory",
                    ValueKind.SIZE,
                    null,
                    "How much memory all runs without limits may use together. Otherwise what there is.",
                    "`--memory`"),
            of(
                    "runner.worker_user",
                    ValueKind.TEXT,
                    null,
                    "The user that runs code; requires root. Otherwise the runner's own.",
                    "`--worker-user`"),
            of(
                    "runner.java",
                    ValueKind.LIST,
                    List.of(),
                    "More options for the Java virtual machines that run Java code, for example `-Xmx2g`.",
                    ""),
            of(
                    "runner.secrets",
                    ValueKind.FILE,
                    null,
                    "The directory with this node's secrets, text files with mode 0600, for jobs that name them in `secrets`.",
                    ""),
            of(
                    "sandbox.mode",
                    ValueKind.TEXT,
                    "auto",
                    "What keeps code from this machine: `auto`, the strongest sandbox that works here; `required`, no runner without one; `off`.",
                    "`--sandbox`"),
            of(
                    "sandbox.paths.read",
                    ValueKind.LIST,
                    List.of(),
                    "Files and directories that sandboxed code may read, besides the system's own.",
                    ""),
            of(
                    "sandbox.paths.write",
                    ValueKind.LIST,
                    List.of(),
                    "Files and directories that sandboxed code may read and write, and devices that it may use.",
                    ""),
            of(
                    "sandbox.network",
                    ValueKind.FLAG,
                    true,
                    "Whether code has the network; `false` leaves it the server only. A job's limit `network` comes first.",
                    "`--limit`"),
            of(
                    "accept.signing",
                    ValueKind.TEXT,
                    "off",
                    "Whether code must be signed to run on this node: `off`; `warn`, log what is not; `required`, do not start it.",
                    ""),
            of(
                    "accept.keys",
                    ValueKind.FILE,
                    null,
                    "The file with the keys whose signatures count on this node, a line `PATH KEY NAME` each.",
                    ""),
            of(
                    "accept.revisions",
                    ValueKind.FILE,
                    null,
                    "The directory where this node remembers the newest signed revisions that it has accepted. Otherwise `~/.local/share/distkv-node/accepted`.",
                    ""),
            of(
                    "accept.authors",
                    ValueKind.LIST,
                    List.of(),
                    "Who may have written the code and the jobs that run on this node. Otherwise everybody.",
                    ""),
            of(
                    "accept.groups",
                    ValueKind.LIST,
                    List.of(),
                    "The groups that a runner on this node may serve. Otherwise all.",
                    ""),
            of(
                    "accept.limits",
                    ValueKind.MAP,
                    Map.of(),
                    "How much a run may use on this node at most; a job that asks for more does not run here, and one that does not say gets this.",
                    ""),
            of(
                    "prefixes",
                    ValueKind.TEXT,
                    "distkv",
                    "The defaults of the paths below: `distkv`, below `:.distkv`; `moat`, the same below `:.moat.kv`, where moat-kv keeps its own.",
                    ""),
            of("codes.prefix", ValueKind.PATH, ":.distkv.code.proc", "Where procedures are stored.", ""),
            of("modules.prefix", ValueKind.PATH, ":.distkv.code.module", "Where modules are stored.", ""),
            of("errors.prefix", ValueKind.PATH, ":.distkv.error", "Where errors are recorded.", ""),
            of(
                    "config.prefix",
                    ValueKind.PATH,
                    ":.distkv.config",
                    "Where the original keeps configuration in the tree, for stored code that reads it.",
                    ""),
            of("runner.prefix", ValueKind.PATH, ":.distkv.run", "Where jobs are.", ""),
            of("runner.state", ValueKind.PATH, ":.distkv.state", "Where runners write the states of jobs.", ""),
            of("runner.claim", ValueKind.PATH, ":.distkv.claim", "Where runners claim the jobs that they run.", ""),
            of("runner.presence", ValueKind.PATH, ":.distkv.presence", "Where runners announce their presence.", ""),
            of("runner.group", ValueKind.PATH, ":.distkv.group", "Where the settings of groups of nodes are.", ""),
            of(
                    "logging",
                    ValueKind.MAP,
                    null,
                    "What code logs: `root: {level: DEBUG}`, `loggers: {NAME: {level: …}}`. Otherwise from `INFO` on.",
                    ""),
            of("user", ValueKind.MAP, null, "Settings for stored code, which reads them as `_cfg.user`.", ""),
            ofOriginal("runner.name"),
            ofOriginal("runner.start_delay"),
            ofOriginal("runner.ping"),
            ofOriginal("runner.actor"),
            ofOriginal("runner.sub"),
            ofOriginal("server.backend"),
            ofOriginal("server.buffer"),
            ofOriginal("server.serf"),
            ofOriginal("server.mqtt"),
            ofOriginal("server.root"),
            ofOriginal("server.paranoia"),
            ofOriginal("server.bind"),
            ofOriginal("server.change"),
            ofOriginal("server.ping"),
            ofOriginal("server.delete"),
            ofOriginal("paranoia"),
            ofOriginal("domain"),
            ofOriginal("hostmap"));

    private static ConfigKey of(
            String name, ValueKind kind, @Nullable Object otherwise, String meaning, String option) {
        return new ConfigKey(name, kind, otherwise, meaning, option);
    }

    private static ConfigKey ofOriginal(String name) {
        return new ConfigKey(name, ValueKind.WITHOUT_EFFECT, null, "", "");
    }

    /** The defaults of all keys that have one, as a tree of maps. */
    static Map<String, Object> defaults() {
        Map<String, Object> tree = new LinkedHashMap<>();
        for (ConfigKey key : ALL) {
            if (key.otherwise != null) {
                put(tree, List.of(key.name.split("\\.", -1)), key.otherwise);
            }
        }
        return tree;
    }

    /** The defaults of a configuration with {@code prefixes: moat}, where they differ. */
    static Map<String, Object> moatDefaults() {
        Map<String, Object> tree = new LinkedHashMap<>();
        for (ConfigKey key : ALL) {
            Path place = key.moatPlace();
            if (place != null) {
                put(tree, List.of(key.name.split("\\.", -1)), place.toString());
            }
        }
        return tree;
    }

    /** Where moat-kv keeps what this key is the path of; {@code null} if this key is no path. */
    @Nullable
    public Path moatPlace() {
        return kind == ValueKind.PATH && otherwise instanceof String ours
                ? Path.parse(":.moat.kv").append(Path.parse(ours).below(Path.parse(":.distkv")))
                : null;
    }

    @SuppressWarnings("unchecked") // All maps in here are made here.
    private static void put(Map<String, Object> tree, List<String> names, Object value) {
        if (names.size() == 1) {
            tree.put(names.getFirst(), value);
        } else {
            Object below = tree.computeIfAbsent(names.getFirst(), missing -> new LinkedHashMap<String, Object>());
            put((Map<String, Object>) below, names.subList(1, names.size()), value);
        }
    }
}
