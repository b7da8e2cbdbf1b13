package distkv.server.access;

import java.security.SecureRandom;
import java.time.Duration;
import java.util.Base64;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The codes by which somebody who is logged in can let another client in. A code is short, since people read it aloud and
 * type it; the secret that belongs to it, which the client keeps, is not. Each lives for {@value #LIFE_MINUTES} minutes and
 * logs in once.
 */
final class LogInCodes {
    static final int LIFE_MINUTES = 10;
    static final Duration LIFE = Duration.ofMinutes(LIFE_MINUTES);
    /** The most at once. */
    static final int MOST = 64;
    /** The most of one address at once, so that it cannot take all. */
    static final int MOST_OF_ADDRESS = 8;

    /** No vowels, which would make words, and nothing that looks like a digit: 20 of them, so 8 have 34 bits. */
    private static final String LETTERS = "BCDFGHJKLMNPQRSTVWXZ";

    private static final int LENGTH = 8;
    private static final int SECRET_BYTES = 24;

    /** What a client gets. */
    record Created(String code, String secret) {}

    /**
     * Who waits for an approval.
     *
     * @param address where it asked from
     * @param client what it says about itself
     * @param since when it asked, of the clock
     * @param user as whom it may log in; {@code null} until somebody has approved it
     */
    record Waiting(
            String address,
            String client,
            long since,
            @Nullable String user) {
        Waiting approvedFor(String name) {
            return new Waiting(address, client, since, name);
        }
    }

    /** What a client that asks again is told. */
    sealed interface State {
        /** Nobody has decided. */
        record Pending() implements State {}

        /** It logs in as this user, once. */
        record Approved(String user) implements State {}

        /** It was refused, or is too old, or never was a code. */
        record Gone() implements State {}
    }

    private record Entry(String code, Waiting waiting) {}

    private final LongSupplier nanoTime;
    private final SecureRandom random = new SecureRandom();
    /** By secret, the oldest first. */
    private final Map<String, Entry> entries = new LinkedHashMap<>();

    LogInCodes(LongSupplier nanoTime) {
        this.nanoTime = nanoTime;
    }

    /** A new code; {@code null} if there are too many, of this address or at all. */
    synchronized @Nullable Created create(String address, String client) {
        forgetOld();
        long ofAddress = entries.values().stream()
                .filter(entry -> entry.waiting().address().equals(address))
                .count();
        if (ofAddress >= MOST_OF_ADDRESS || entries.size() >= MOST) {
            return null;
        }
        byte[] bytes = new byte[SECRET_BYTES];
        random.nextBytes(bytes);
        Created created =
                new Created(newCode(), Base64.getUrlEncoder().withoutPadding().encodeToString(bytes));
        entries.put(
                created.secret(), new Entry(created.code(), new Waiting(address, client, nanoTime.getAsLong(), null)));
        return created;
    }

    private String newCode() {
        while (true) {
            StringBuilder code = new StringBuilder();
            for (int i = 0; i < LENGTH; i++) {
                code.append(i == LENGTH / 2 ? "-" : "").append(LETTERS.charAt(random.nextInt(LETTERS.length())));
            }
            if (secretOf(code.toString()) == null) {
                return code.toString();
            }
        }
    }

    private @Nullable String secretOf(String code) {
        for (Map.Entry<String, Entry> entry : entries.entrySet()) {
            if (entry.getValue().code().equals(code)) {
                return entry.getKey();
            }
        }
        return null;
    }

    /** Who waits with a code that nobody has decided about; {@code null} if there is none. */
    synchronized @Nullable Waiting find(String code) {
        forgetOld();
        String secret = secretOf(code);
        Entry entry = secret == null ? null : entries.get(secret);
        return entry == null || entry.waiting().user() != null ? null : entry.waiting();
    }

    /** Lets the client with this code in as a user, or refuses it ({@code null}). Returns false if there is none. */
    synchronized boolean decide(String code, @Nullable String user) {
        Waiting waiting = find(code);
        String secret = secretOf(code);
        if (waiting == null || secret == null) {
            return false;
        }
        if (user == null) {
            entries.remove(secret);
        } else {
            entries.put(secret, new Entry(code, waiting.approvedFor(user)));
        }
        return true;
    }

    /** What has become of the code that belongs to a secret. One that is approved is gone after this. */
    synchronized State redeem(String secret) {
        forgetOld();
        Entry entry = entries.get(secret);
        if (entry == null) {
            return new State.Gone();
        }
        String user = entry.waiting().user();
        if (user == null) {
            return new State.Pending();
        }
        entries.remove(secret);
        return new State.Approved(user);
    }

    private void forgetOld() {
        long now = nanoTime.getAsLong();
        for (Iterator<Entry> all = entries.values().iterator(); all.hasNext(); ) {
            if (now - all.next().waiting().since() < LIFE.toNanos()) {
                return;
            }
            all.remove();
        }
    }
}
