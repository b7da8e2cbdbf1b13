package distkv.code.call;

import distkv.client.Client;
import distkv.client.ClientException;
import distkv.client.ConflictException;
import distkv.client.Mirror;
import distkv.code.CompileException;
import distkv.model.Entry;
import distkv.model.Expectation;
import distkv.model.Path;
import distkv.model.Value;
import distkv.protocol.Values;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * The records of the error tree about stored code that does not compile (subsystem {@code compile}), as runners and Python
 * clients keep them. Any thread may use it.
 */
final class CompileErrors implements AutoCloseable {
    private static final String SUBSYSTEM = "compile";
    /** How often a record is read again that somebody else has changed meanwhile. */
    private static final int ATTEMPTS = 5;

    private final Client client;
    private final Path prefix;
    private final Mirror mirror;
    /** Where the record about each piece of code is. */
    private final Map<Path, Path> records = new ConcurrentHashMap<>();

    CompileErrors(Client client, Path prefix) {
        this.client = client;
        this.prefix = prefix;
        mirror = client.mirror(prefix);
        mirror.listen((before, now) -> put(now));
    }

    private void put(Entry entry) {
        if (entry.path().length() == prefix.length() + 2) {
            Map<?, ?> record = read(entry);
            if (record.isEmpty()) {
                records.values().remove(entry.path());
            } else if (SUBSYSTEM.equals(record.get("subsystem")) && record.get("path") instanceof Path about) {
                records.put(about, entry.path());
            }
        }
    }

    private static Map<?, ?> read(@Nullable Entry entry) {
        Value value = entry == null ? null : entry.value();
        return value != null && Values.decode(value) instanceof Map<?, ?> map ? map : Map.of();
    }

    /** Records that the code at this path does not compile, or resolves what was recorded of it. */
    void note(Path about, @Nullable CompileException why) throws InterruptedException {
        try {
            if (why == null) {
                well(about);
            } else {
                failed(about, why);
            }
        } catch (ClientException e) {
            // The caller hears of it in any case.
            System.getLogger(CompileErrors.class.getName()).log(System.Logger.Level.WARNING, "not recorded", e);
        }
    }

    private void failed(Path about, CompileException why) throws InterruptedException {
        String message = "Does not compile: " + why.getMessage();
        mirror.awaitInitial();
        // Some may have come in before the mirror had its listener.
        mirror.entries().values().forEach(this::put);
        double now = System.currentTimeMillis() / 1e3;
        change(about, record -> {
            if (Boolean.FALSE.equals(record.get("resolved")) && message.equals(record.get("message"))) {
                return false;
            }
            record.put("path", about);
            record.put("subsystem", SUBSYSTEM);
            record.put("severity", 0L);
            record.put("resolved", false);
            record.putIfAbsent("created", now);
            record.putIfAbsent("first_seen", now);
            record.put("count", record.get("count") instanceof Long count ? count + 1 : 1L);
            record.put("last_seen", now);
            record.put("message", message);
            return true;
        });
        Path at = records.get(about);
        if (at != null) {
            Map<String, @Nullable Object> seen = new LinkedHashMap<>();
            seen.put("seen", now);
            seen.put("comment", "CompileException('" + why.getMessage() + "')");
            seen.put("str", why.getMessage());
            seen.put("message", message);
            seen.put("data", Map.of());
            client.set(at.child(client.name()), Values.encode(seen));
        }
    }

    private void well(Path about) throws InterruptedException {
        if (records.containsKey(about)) {
            change(about, record -> {
                boolean open = Boolean.FALSE.equals(record.get("resolved"));
                record.put("resolved", System.currentTimeMillis() / 1e3);
                return open;
            });
        }
    }

    /** What a record becomes; false if it stays as it is. */
    private interface Change {
        boolean make(Map<String, @Nullable Object> record);
    }

    private void change(Path about, Change change) throws InterruptedException {
        for (int attempt = 1; ; attempt++) {
            Path known = records.get(about);
            Path at = known == null ? prefix.append(Path.of(client.name(), client.newTock())) : known;
            Entry entry = known == null ? null : client.get(known);
            Map<String, @Nullable Object> record = new LinkedHashMap<>();
            read(entry).forEach((key, value) -> record.put(String.valueOf(key), value));
            if (!change.make(record)) {
                return;
            }
            try {
                Expectation expected = entry == null ? Expectation.absent() : Expectation.at(entry.tick());
                client.set(at, Values.encode(record), expected);
                records.put(about, at);
                return;
            } catch (ConflictException e) {
                if (attempt == ATTEMPTS) {
                    throw e;
                }
            }
        }
    }

    @Override
    public void close() {
        mirror.close();
    }
}
