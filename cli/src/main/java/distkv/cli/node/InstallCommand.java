package distkv.cli.node;

import distkv.cli.context.CommandAction;
import distkv.cli.context.CommandContext;
import distkv.cli.context.Printer;
import distkv.cli.input.FailedException;
import distkv.cli.input.TextFile;
import distkv.cli.input.UsageException;
import distkv.cli.options.BindAddress;
import distkv.cli.options.HelpOption;
import distkv.client.node.JoinedNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Has systemd run a server, a runner, or both. */
@Command(
        name = "install",
        description = {
            "Have systemd run a server, a runner, or both: now, at each boot, and again if one fails.",
            "Repeat it after an update: changed units are written, and both are restarted. 'distkv uninstall' undoes"
                    + " it."
        },
        footer = {
            "",
            "Examples:",
            "  distkv install --user",
            "  sudo distkv install --as distkv server",
            "  sudo distkv install --as distkv --worker-user distkv-jobs --label gpio",
            "  distkv install --dry-run runner"
        })
public final class InstallCommand implements CommandAction.Local {
    /** The units to install. */
    enum What {
        server,
        runner,
        both
    }

    private static final String ROOT = "root";

    @Mixin
    private InstallTarget place = new InstallTarget();

    @Option(
            names = {"--dry-run"},
            description = "Only print the units.")
    private boolean dry;

    @Option(
            names = {"--as"},
            paramLabel = "USER",
            description =
                    "The user that runs them, unless --user is given; with --worker-user, only the server, since the"
                            + " runner runs as root then. Default: who called sudo.")
    private @Nullable String user;

    @Option(
            names = {"--data"},
            paramLabel = "DIR",
            description =
                    "Where the server keeps the tree. Default: /var/lib/distkv; with --user ~/.local/share/distkv.")
    private @Nullable Path data;

    @Option(
            names = {"--bind"},
            paramLabel = "ADDR:PORT",
            description = "Where the server listens. Default: 127.0.0.1:27586.")
    private @Nullable String bind;

    @Mixin
    private InstallRunnerOptions runner = new InstallRunnerOptions();

    @Mixin
    HelpOption help = new HelpOption();

    @Parameters(
            paramLabel = "WHAT",
            arity = "0..1",
            description = "server, runner or both. Default: both; where the runner's user has joined a server: runner.")
    private @Nullable What given;

    private What what = What.both;

    @Override
    public int run(CommandContext context) throws InterruptedException {
        Systemd systemd = place.systemd(context);
        Printer printer = context.printer();
        what = what(context);
        runner.check(what != What.server);
        WorkerUser worker = runner.workerUser();
        if (worker != null) {
            check(worker, context);
        }
        List<SystemdUnit> units = units(context);
        if (dry) {
            units.forEach(unit -> printer.line("# " + systemd.file(unit.name()) + "\n" + unit.text()));
            return 0;
        }
        systemd.check("--dry-run prints the units, and 'distkv up' runs server and runner without systemd");
        if (systemd.live() && !place.isUser() && what != What.runner) {
            makeData(data(context), owner(context));
        }
        for (SystemdUnit unit : units) {
            boolean written = systemd.write(unit);
            printer.remark((written ? "wrote " : "unchanged: ") + systemd.file(unit.name()));
        }
        start(systemd, units, printer);
        return 0;
    }

    /** What to install: beside a server elsewhere, only a runner. */
    private What what(CommandContext context) {
        if (place.isElsewhere() || given == What.server) {
            return given == null ? What.both : given;
        }
        JoinedNode own = new RunnerHome(Path.of(context.terminal().environment().getOrDefault("HOME", "/"))).node();
        String owner = runnerOwner(context);
        RunnerHome home = owner == null ? null : RunnerHome.of(owner);
        JoinedNode joined = home == null ? own : home.node();
        if (joined == null && own != null && given != What.both) {
            throw new FailedException("user " + owner + " has joined no server, but you have (expected: that the"
                            + " runner's user joins)")
                    .withHint("sudo -u " + owner + " distkv join HOST:PORT CODE; or 'distkv install --user'");
        } else if (joined != null && given == null) {
            context.printer()
                    .remark("a runner only, as this machine is node " + joined.name() + " of " + joined.server());
        }
        return given != null ? given : joined == null ? What.both : What.runner;
    }

    private void check(WorkerUser worker, CommandContext context) {
        if (place.isUser()) {
            throw worker.refused("nothing with --user, since only root can start processes of another user")
                    .withHint("without --user: sudo distkv install --worker-user " + worker.name());
        } else if (what == What.runner && user != null && !user.equals(ROOT)) {
            throw worker.refused("no --as " + user + " beside it, since the runner runs as root then");
        }
        if (!place.isElsewhere()) {
            worker.check(context);
        }
    }

    private void start(Systemd systemd, List<SystemdUnit> units, Printer printer) throws InterruptedException {
        if (!systemd.live()) {
            printer.remark("next, on that machine: systemctl enable --now " + names(units, " "));
            return;
        }
        systemd.control("daemon-reload");
        for (SystemdUnit unit : units) {
            systemd.control("enable", unit.name());
            systemd.control("restart", unit.name());
        }
        systemd.linger();
        printer.remark("started " + names(units, " and ") + "; systemd starts them at each boot from now on");
        String journal = "journalctl " + (place.isUser() ? "--user " : "") + "-f -u ";
        printer.remark("next: distkv status; the log: " + journal + names(units, " -u "));
    }

    private static String names(List<SystemdUnit> units, String between) {
        return units.stream().map(SystemdUnit::name).collect(Collectors.joining(between));
    }

    private List<SystemdUnit> units(CommandContext context) {
        String launcher = context.terminal()
                .home()
                .resolve("distkv")
                .toAbsolutePath()
                .normalize()
                .toString();
        List<SystemdUnit> units = new ArrayList<>();
        if (what != What.runner) {
            SystemdUnit.Owner owner = new SystemdUnit.Owner(launcher, place.isUser() ? null : owner(context));
            List<String> options = bind == null
                    ? List.of()
                    : List.of("--bind", BindAddress.parse(bind).toString());
            units.add(SystemdUnit.server(owner, data(context).toString(), options));
        }
        if (what != What.server) {
            List<String> options = new ArrayList<>(runner.before());
            options.addAll(List.of("all", "--every-kind"));
            options.addAll(runner.behind());
            units.add(SystemdUnit.runner(
                    new SystemdUnit.Owner(launcher, runnerOwner(context)), connect(), options, what == What.both));
        }
        return units;
    }

    /** How the runner finds a server that listens elsewhere. */
    private List<String> connect() {
        if (bind == null || what != What.both) {
            return List.of();
        }
        BindAddress at = BindAddress.parse(bind);
        return List.of("-h", at.host(), "-p", Integer.toString(at.port()));
    }

    private Path data(CommandContext context) {
        if (data != null) {
            return data.toAbsolutePath();
        }
        return place.isUser() ? context.terminal().dataDirectory() : Path.of("/var/lib/distkv");
    }

    private @Nullable String runnerOwner(CommandContext context) {
        if (place.isUser()) {
            return null;
        }
        return runner.workerUser() == null ? owner(context) : ROOT;
    }

    /** Stored code must not run as root by accident. */
    private String owner(CommandContext context) {
        String caller = context.terminal().environment().get("SUDO_USER");
        String name = user != null ? user : caller;
        if (name == null || name.isEmpty() || (user == null && name.equals(ROOT))) {
            throw new UsageException(
                            "--as USER is missing (expected: the user that is to run them, since stored code can do"
                                    + " whatever that user can)")
                    .withHint("'useradd --system distkv' adds a user");
        }
        return name;
    }

    private static void makeData(Path directory, String owner) {
        if (directory.startsWith(SystemdUnit.STATE) || Files.exists(directory)) {
            return;
        }
        try {
            Files.createDirectories(directory);
            Files.setOwner(
                    directory,
                    directory.getFileSystem().getUserPrincipalLookupService().lookupPrincipalByName(owner));
        } catch (IOException e) {
            throw new FailedException(directory + " cannot be made for " + owner + ": " + TextFile.reason(e), e);
        }
    }
}
