package distkv.runner.worker;

import distkv.model.Path;
import distkv.model.Value;
import distkv.protocol.Values;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What the parent process and the workers say ({@code docs/worker.md}). */
public sealed interface FromWorker {
    /**
     * The parent has started.
     *
     * @param warning what the user should know about the limits of jobs on this machine; {@code null}: nothing
     */
    record Parent(long pid, String python, @Nullable String warning) implements FromWorker {}

    /** The parent has forked that worker. */
    record Forked(int worker, long pid) implements FromWorker {}

    /**
     * A worker is gone.
     *
     * @param limit the limit that it exceeded, for which it was killed
     * @param stuck the stacks of its threads, if it was killed because none of them could run any more
     * @param overdue whether the parent killed it at its deadline
     */
    record Exited(
            int worker,
            String how,
            @Nullable String limit,
            @Nullable String stuck,
            boolean overdue) implements FromWorker {}

    /** A worker has connected. */
    record Worker(int worker, long pid) implements FromWorker {}

    /** A run has got further. */
    record OfRun(RunEvent event) implements FromWorker {}

    /** The worker has loaded code that has changed since: it must not get any more runs. */
    record Stale() implements FromWorker {}

    /** The worker does not start this run because it is stale: another worker must. */
    record Refused(long run) implements FromWorker {}

    /** The code logs something. */
    record Log(long run, String level, String text, double at) implements FromWorker {}

    /**
     * A run is over.
     *
     * @param limit the limit, enforced by the kernel, that made the code fail; {@code null}: none
     */
    record Over(long run, Ended ended, @Nullable String limit) implements FromWorker {}

    /**
     * Reads a message.
     *
     * @return {@code null} for a message that this runner does not know
     * @throws IllegalArgumentException if it is not a valid message
     */
    static @Nullable FromWorker read(Value message) {
        Object decoded = Values.decode(message);
        if (!(decoded instanceof Map<?, ?> map)) {
            throw new IllegalArgumentException("worker message: " + decoded + " (expected: a map)");
        }
        String op = text(map, "op");
        return switch (op) {
            case "parent" -> new Parent(number(map, "pid"), String.valueOf(map.get("python")), text(map, "warning"));
            case "forked" -> new Forked((int) number(map, "worker"), number(map, "pid"));
            case "exited" ->
                new Exited(
                        (int) number(map, "worker"),
                        how(map),
                        text(map, "limit"),
                        text(map, "stuck"),
                        Boolean.TRUE.equals(map.get("overdue")));
            case "worker" -> new Worker((int) number(map, "worker"), number(map, "pid"));
            case "started" -> new OfRun(new RunEvent.Started(number(map, "run")));
            case "imported" ->
                new OfRun(new RunEvent.ModuleUsed(
                        number(map, "run"),
                        path(map, "path"),
                        number(map, "version"),
                        map.get("kind") == null ? null : failed(map, Ended.Fault.named(map.get("kind")))));
            case "stale" -> new Stale();
            case "refused" -> new Refused(number(map, "run"));
            case "setup" -> new OfRun(setupDone(number(map, "run"), map.get("data")));
            case "error" ->
                new OfRun(new RunEvent.ErrorReported(
                        number(map, "run"),
                        map.get("path") instanceof Path path ? path : null,
                        (int) (map.get("severity") instanceof Number severity ? severity.longValue() : 0),
                        text(map, "comment"),
                        failed(map, Ended.Fault.ERROR)));
            case "log" ->
                new Log(
                        number(map, "run"),
                        String.valueOf(map.get("level")),
                        String.valueOf(map.get("text")),
                        map.get("at") instanceof Number at ? at.doubleValue() : 0);
            case "done" -> new Over(number(map, "run"), new Ended.Done(Values.encode(map.get("result"))), null);
            case "failed" ->
                new Over(number(map, "run"), failed(map, Ended.Fault.named(map.get("kind"))), text(map, "limit"));
            case null, default -> null;
        };
    }

    /** What the code has passed to {@code setup_done}: a comment and data, as reports of errors have. */
    private static RunEvent.SetupDone setupDone(long run, @Nullable Object said) {
        Map<?, ?> map = said instanceof Map<?, ?> given ? given : Map.of();
        return new RunEvent.SetupDone(run, text(map, "comment"), names(map, "data"));
    }

    private static String how(Map<?, ?> map) {
        if (map.get("signal") instanceof Long signal) {
            return "signal " + signal;
        }
        return map.get("status") instanceof Long status
                ? "exit status " + status
                : "could not be forked: " + map.get("message");
    }

    private static Ended.Failed failed(Map<?, ?> map, Ended.Fault fault) {
        return new Ended.Failed(
                fault,
                text(map, "type"),
                text(map, "message"),
                text(map, "trace"),
                optional(map, "line"),
                names(map, "data"));
    }

    private static long number(Map<?, ?> map, String key) {
        if (map.get(key) instanceof Long number) {
            return number;
        }
        throw new IllegalArgumentException(
                "worker message " + map.get("op") + ": " + key + ": " + map.get(key) + " (expected: an integer)");
    }

    private static Path path(Map<?, ?> map, String key) {
        if (map.get(key) instanceof Path path) {
            return path;
        }
        throw new IllegalArgumentException(
                "worker message " + map.get("op") + ": " + key + ": " + map.get(key) + " (expected: a path)");
    }

    private static @Nullable Long optional(Map<?, ?> map, String key) {
        return map.get(key) instanceof Long number ? number : null;
    }

    private static @Nullable String text(Map<?, ?> map, String key) {
        return map.get(key) instanceof String text ? text : null;
    }

    private static Map<String, @Nullable Object> names(Map<?, ?> map, String key) {
        Map<String, @Nullable Object> names = new LinkedHashMap<>();
        if (map.get(key) instanceof Map<?, ?> given) {
            given.forEach((name, value) -> names.put(String.valueOf(name), value));
        }
        return names;
    }
}
