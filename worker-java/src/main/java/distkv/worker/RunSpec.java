package distkv.worker;

import distkv.code.compile.ProcedureDefinition;
import distkv.model.Guard;
import distkv.model.Path;
import distkv.schema.code.CodeId;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A run, as the runner describes it.
 *
 * @param job the path of the job's entry
 * @param globals the variables
 * @param claim the guard of the run's writes; {@code null}: the job needs no claim
 * @param idle after how many seconds a job that takes no messages counts as stalled
 * @param log the name of the logger
 * @param secrets the job's secrets
 * @param token what the run logs in with at the server; {@code null}: nothing
 */
record RunSpec(
        long run,
        Path job,
        ProcedureDefinition definition,
        Map<String, @Nullable Object> globals,
        @Nullable Guard claim,
        double idle,
        String log,
        SecretValues secrets,
        @Nullable String token) {

    /**
     * Reads a {@code start} message.
     *
     * @throws IllegalArgumentException naming the key and what was expected
     */
    static RunSpec read(Map<?, ?> start) {
        Map<String, @Nullable Object> globals = names(start.get("globals"));
        List<String> vars = new ArrayList<>();
        if (start.get("vars") instanceof List<?> list) {
            list.forEach(each -> vars.add(String.valueOf(each)));
        }
        Path job = get(start, "job", Path.class);
        String name = CodeId.name(get(start, "code", Path.class));
        return new RunSpec(
                get(start, "run", Long.class),
                job,
                new ProcedureDefinition(name, get(start, "source", String.class), vars, Map.of()),
                globals,
                claim(start.get("claim")),
                start.get("idle") instanceof Number idle ? idle.doubleValue() : 10,
                start.get("log") instanceof String log ? log : job.toString(),
                SecretValues.read(start.get("secrets")),
                token(start));
    }

    /** What a message says that the run logs in with. */
    static @Nullable String token(Map<?, ?> message) {
        return message.get("token") instanceof String token ? token : null;
    }

    static @Nullable Guard claim(@Nullable Object claim) {
        if (claim == null) {
            return null;
        } else if (claim instanceof List<?> list && list.size() == 2 && list.getLast() instanceof Long tick) {
            Path path = list.getFirst() instanceof List<?> elements ? Path.of(elements) : (Path) list.getFirst();
            return Guard.of(path, tick);
        }
        throw new IllegalArgumentException("claim: " + claim + " (expected: [path, tick])");
    }

    static <T> T get(Map<?, ?> map, String key, Class<T> type) {
        if (type.isInstance(map.get(key))) {
            return type.cast(map.get(key));
        }
        throw new IllegalArgumentException(key + ": " + map.get(key) + " (expected: " + type.getSimpleName() + ")");
    }

    static Map<String, @Nullable Object> names(@Nullable Object map) {
        Map<String, @Nullable Object> names = new LinkedHashMap<>();
        if (map instanceof Map<?, ?> given) {
            given.forEach((key, value) -> names.put(String.valueOf(key), value));
        }
        return Collections.unmodifiableMap(names);
    }

    /** Without the token. */
    @Override
    public String toString() {
        return "RunSpec[" + run + ", " + job + "]";
    }
}
