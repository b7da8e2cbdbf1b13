package distkv.cli.context;

import distkv.cli.config.Config;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * What a command is given: what the options before its name and the configuration files say.
 *
 * @param verbosity 0 unless {@code -v} (more) or {@code -q} (less) is given
 * @param commands runs other command lines
 */
public record CommandContext(Terminal terminal, Config config, Printer printer, int verbosity, CommandRunner commands) {
    /** The same, with another configuration. */
    public CommandContext with(Config newConfig) {
        return new CommandContext(terminal, newConfig, printer, verbosity, commands);
    }

    /** The data directory of a server here: the one that is named, or the configured one, or the usual one. */
    public Path dataDirectory(@Nullable Path named) {
        String configured = config.text("server.data");
        return named != null ? named : configured != null ? Path.of(configured) : terminal.dataDirectory();
    }
}
