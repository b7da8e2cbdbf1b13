package distkv.runner.sandbox;

import java.io.File;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * What workers may reach on this node besides the system itself and their own temporary files.
 *
 * @param read paths that all code may read
 * @param write paths that all code may read and write
 * @param hidden paths that no code may read, even below one that is granted: data, configuration, secrets
 */
public record SandboxPolicy(SandboxMode mode, List<Path> read, List<Path> write, List<Path> hidden) {
    /** No sandbox. */
    public static final SandboxPolicy OFF = new SandboxPolicy(SandboxMode.OFF, List.of(), List.of(), List.of());

    /** The variables that a sandboxed worker may see; all others may be secrets of whoever started the runner. */
    private static final Pattern HARMLESS =
            Pattern.compile("PATH|HOME|USER|LOGNAME|LANG|LANGUAGE|LC_.*|TZ|TZDIR|LD_LIBRARY_PATH|PYTHON.*"
                    + "|SSL_CERT_(FILE|DIR)|DISTKV_(TRACE|CGROUPS|LANDLOCK|BUBBLEWRAP|PYTHON)");

    public SandboxPolicy {
        read = List.copyOf(read);
        write = List.copyOf(write);
        hidden = List.copyOf(hidden);
    }

    /** The same, with one more hidden path. */
    public SandboxPolicy hiding(Path path) {
        List<Path> more = new ArrayList<>(hidden);
        more.add(path);
        return new SandboxPolicy(mode, read, write, more);
    }

    /** As arguments of the parent of the workers. */
    public List<String> words() {
        List<String> words = new ArrayList<>();
        words.add(mode.word());
        read.forEach(path -> words.add("read=" + path.toAbsolutePath()));
        write.forEach(path -> words.add("write=" + path.toAbsolutePath()));
        hidden.forEach(path -> words.add("hide=" + path.toAbsolutePath()));
        if (mode != SandboxMode.OFF) {
            java().forEach(path -> words.add("read=" + path));
        }
        return words;
    }

    /** What a virtual machine that runs stored Java reads. */
    private static List<Path> java() {
        List<Path> paths = new ArrayList<>();
        paths.add(Path.of(System.getProperty("java.home")));
        for (String entry : System.getProperty("java.class.path").split(File.pathSeparator, -1)) {
            paths.add(Path.of(entry).toAbsolutePath());
        }
        return paths;
    }

    /** Removes from an environment what sandboxed code must not see. */
    public void clean(Map<String, String> environment) {
        if (mode != SandboxMode.OFF) {
            environment.keySet().removeIf(name -> !HARMLESS.matcher(name).matches());
        }
    }
}
