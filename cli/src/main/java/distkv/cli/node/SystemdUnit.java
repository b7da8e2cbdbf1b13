package distkv.cli.node;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * A systemd unit: its file's name, and the lines of its sections.
 *
 * @param name for example {@code distkv-server.service}
 */
record SystemdUnit(String name, List<String> unit, List<String> service, List<String> install) {
    static final String SERVER = "distkv-server.service";
    static final String RUNNER = "distkv-runner.service";
    /** systemd creates directories below this one for the service's user. */
    static final String STATE = "/var/lib/";

    /**
     * What the units have in common.
     *
     * @param launcher the command {@code distkv}
     * @param user the user that runs them; {@code null} in a user's own systemd
     */
    record Owner(String launcher, @Nullable String user) {
        boolean isSystem() {
            return user != null;
        }
    }

    /** The server. It writes its data, and sockets for other processes, so it shares the directory for temporary files. */
    static SystemdUnit server(Owner owner, String data, List<String> options) {
        List<String> service = service(owner, command(owner, List.of("server", "--data", data), options));
        if (owner.isSystem()) {
            service.add("ProtectSystem=strict");
            service.add(
                    data.startsWith(STATE) && data.length() > STATE.length()
                            ? "StateDirectory=" + quoted(data.substring(STATE.length()))
                            : "ReadWritePaths=" + quoted(data));
            service.add("ProtectHome=read-only");
            service.add("ReadWritePaths=/tmp /var/tmp");
            service.add("PrivateDevices=true");
            service.add("ProtectKernelTunables=true");
            service.add("ProtectControlGroups=true");
            service.add("CapabilityBoundingSet=");
        }
        service.add("RestrictAddressFamilies=AF_UNIX AF_INET AF_INET6");
        service.add("RestrictRealtime=true");
        List<String> unit = List.of(
                "Description=DistKV server", "After=network.target", "StartLimitIntervalSec=60", "StartLimitBurst=5");
        return new SystemdUnit(SERVER, unit, service, wanted(owner));
    }

    /**
     * The runner. Stored code may do whatever its user may, so it is not sandboxed, but it cannot gain privileges. The
     * control group is delegated to the runner, for the limits of jobs.
     *
     * @param server options that say where the server is, if not at the usual place
     * @param besideServer whether the server is installed as a unit, too
     */
    static SystemdUnit runner(Owner owner, List<String> server, List<String> options, boolean besideServer) {
        List<String> words = new ArrayList<>(List.of("client"));
        words.addAll(server);
        words.add("run");
        List<String> service = service(owner, command(owner, words, options));
        service.add("Delegate=cpu memory pids");
        service.add("OOMPolicy=continue");
        List<String> unit = new ArrayList<>(
                List.of("Description=DistKV runner", "After=network.target " + SERVER, "StartLimitIntervalSec=0"));
        if (besideServer) {
            unit.add("Wants=" + SERVER);
        }
        return new SystemdUnit(RUNNER, unit, service, wanted(owner));
    }

    private static List<String> service(Owner owner, String command) {
        List<String> service = new ArrayList<>(List.of(
                "Type=exec",
                "ExecStart=" + command,
                // The installed build runs; changed sources are built by the next 'distkv install'.
                "Environment=DISTKV_BUILD=never",
                "Restart=on-failure",
                "RestartSec=2",
                // The process stops its own children; systemd kills those that are left.
                "KillMode=mixed",
                "TimeoutStopSec=20",
                "NoNewPrivileges=true"));
        if (owner.user() != null) {
            service.add("User=" + owner.user());
        }
        return service;
    }

    private static List<String> wanted(Owner owner) {
        return List.of("WantedBy=" + (owner.isSystem() ? "multi-user.target" : "default.target"));
    }

    private static String command(Owner owner, List<String> words, List<String> options) {
        List<String> all = new ArrayList<>(List.of(owner.launcher()));
        all.addAll(words);
        all.addAll(options);
        return all.stream().map(SystemdUnit::quoted).collect(Collectors.joining(" "));
    }

    /** An argument as systemd reads it: quoted if necessary, with systemd's special characters doubled. */
    private static String quoted(String word) {
        String text = word.replace("%", "%%").replace("$", "$$");
        return text.matches("[\\w./:@%$+=,-]+")
                ? text
                : '"' + text.replace("\\", "\\\\").replace("\"", "\\\"") + '"';
    }

    /** The file's content. */
    String text() {
        return "# Made by 'distkv install'; changes belong into 'systemctl edit " + name + "'.\n"
                + section("Unit", unit)
                + "\n"
                + section("Service", service)
                + "\n"
                + section("Install", install);
    }

    private static String section(String title, List<String> lines) {
        return "[" + title + "]\n" + String.join("\n", lines) + "\n";
    }
}
