package distkv.store.sqlite;

import distkv.model.ChangeBatch;
import distkv.model.Commit;
import distkv.model.Entry;
import distkv.model.Expectation;
import distkv.model.Origin;
import distkv.model.Path;
import distkv.model.Value;
import distkv.model.Write;
import distkv.store.CommitOutcome;
import distkv.store.ManualClock;
import distkv.store.Store;
import distkv.store.StoreException;
import distkv.store.TreeContents;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * The program of a process that tests kill, or whose system calls they let fail. It does what each line of its input
 * says and answers with one line.
 */
final class StoreChild {
    /** Every commit of the load writes this many bytes at most into each of two entries. */
    private static final int MAX_VALUE = 2000;

    static final int PAIRS = 40;

    private final ManualClock clock = new ManualClock();
    private final AtomicLong numbers = new AtomicLong();
    private @Nullable Store store;

    private StoreChild() {}

    public static void main(String[] arguments) throws Exception {
        StoreChild child = new StoreChild();
        // What takes time in a new process happens before the test needs it.
        Class.forName("org.sqlite.JDBC");
        BufferedReader input = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        System.out.println("ready");
        for (String line = input.readLine(); line != null; line = input.readLine()) {
            String answer;
            try {
                answer = child.answer(line.split(" "));
            } catch (StoreException e) {
                answer = "error " + e.getMessage();
            }
            System.out.println(answer);
        }
    }

    private String answer(String[] words) throws Exception {
        return switch (words[0]) {
            case "open" -> {
                store = SqliteStore.openOrRead(
                        java.nio.file.Path.of(words[1]),
                        SqliteOptions.of("child")
                                .withRetain(Long.parseLong(words[2]))
                                .withClock(() -> clock));
                yield "opened";
            }
            case "close" -> {
                open().close();
                yield "closed";
            }
            case "advance" -> {
                clock.advance(Duration.ofMillis(Long.parseLong(words[1])));
                yield "advanced";
            }
            case "set" -> words(commit(write(words[1], Integer.parseInt(words[2]), 1, 0)));
            case "delete" -> words(commit(Write.delete(Path.of(words[1]), Expectation.anything())));
            case "trouble" -> open().trouble();
            case "under" -> words(commit(write(words[1], 1, 1, Long.parseLong(words[2]))));
            case "fill" -> fill(Integer.parseInt(words[1]), Integer.parseInt(words[2]));
            case "grant" -> Long.toString(open().grant(Duration.ofMillis(Long.parseLong(words[1]))));
            case "renew" -> Boolean.toString(open().renew(Long.parseLong(words[1])));
            case "load" ->
                load(words[1], Integer.parseInt(words[2]), Integer.parseInt(words[3]), Long.parseLong(words[4]));
            case "pair" -> pair(words[1], Integer.parseInt(words[2]));
            case "show" -> words(open().load());
            default -> throw new IllegalArgumentException(words[0]);
        };
    }

    private Store open() {
        if (store == null) {
            throw new IllegalStateException("not open");
        }
        return store;
    }

    private CommitOutcome commit(Write... writes) {
        Commit commit = new Commit(List.of(writes), List.of());
        Value first = writes[0].value();
        return open().commit(first == null ? commit : commit.from(origin(number(first))))
                .join();
    }

    /** Who makes the commit with this number, and why. */
    static @Nullable Origin origin(int number) {
        return switch (number % 3) {
            case 0 -> null;
            case 1 -> new Origin("anna");
            default -> new Origin("run any.home.job" + number % 7 + "@attic#" + number, number);
        };
    }

    private static Write write(String name, int number, int size, long lease) {
        byte[] bytes = new byte[Math.max(size, Integer.BYTES)];
        ByteBuffer.wrap(bytes).putInt(number);
        return Write.set(Path.of(name), new Value(bytes), Expectation.anything())
                .under(lease);
    }

    /** Commits until that many are done or one does not happen; says how many and what became of the last. */
    private String fill(int count, int size) {
        for (int done = 0; done < count; done++) {
            CommitOutcome outcome = commit(write("fill" + done % 100, done, size, 0));
            if (!(outcome instanceof CommitOutcome.Committed)) {
                return done + " " + words(outcome);
            }
        }
        return count + " committed";
    }

    /**
     * Commits for ever on some threads, each time a new number to both entries of a pair, and appends the revision and
     * the number of every acknowledged commit to the file. Answers when there were {@code count}.
     */
    private String load(String file, int threads, int count, long seed) throws IOException, InterruptedException {
        FileChannel acks = FileChannel.open(
                java.nio.file.Path.of(file),
                StandardOpenOption.CREATE,
                StandardOpenOption.WRITE,
                StandardOpenOption.APPEND);
        CountDownLatch reached = new CountDownLatch(count);
        for (int i = 0; i < threads; i++) {
            Random random = new Random(seed + i);
            Thread.startVirtualThread(() -> {
                while (true) {
                    int number = (int) numbers.incrementAndGet();
                    int pair = random.nextInt(PAIRS);
                    int size = random.nextInt(MAX_VALUE);
                    CommitOutcome outcome =
                            commit(write("left" + pair, number, size, 0), write("right" + pair, number, 4, 0));
                    if (!(outcome instanceof CommitOutcome.Committed(long revision, var previous))) {
                        return;
                    }
                    acknowledge(acks, revision, number);
                    reached.countDown();
                }
            });
        }
        reached.await();
        return "reached";
    }

    /** Commits a new number to both entries of a pair, and appends to the file what became of it. */
    private String pair(String file, int size) throws IOException {
        int number = (int) numbers.incrementAndGet();
        int pair = number % PAIRS;
        CommitOutcome outcome = commit(write("left" + pair, number, size, 0), write("right" + pair, number, 4, 0));
        try (FileChannel acks = FileChannel.open(
                java.nio.file.Path.of(file),
                StandardOpenOption.CREATE,
                StandardOpenOption.WRITE,
                StandardOpenOption.APPEND)) {
            if (outcome instanceof CommitOutcome.Committed(long revision, var previous)) {
                acknowledge(acks, revision, number);
            } else if (outcome instanceof CommitOutcome.Refused) {
                acknowledge(acks, Acks.REFUSED, number);
            }
        }
        return words(outcome);
    }

    private static synchronized void acknowledge(FileChannel acks, long revision, long number) {
        try {
            acks.write(ByteBuffer.allocate(16).putLong(revision).putLong(number).flip());
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    static int number(Entry entry) {
        Value value = entry.value();
        return value == null ? -1 : number(value);
    }

    private static int number(Value value) {
        return ByteBuffer.wrap(value.bytes()).getInt();
    }

    static long number(ChangeBatch batch) {
        return number(batch.changes().getFirst());
    }

    static String words(TreeContents contents) {
        StringBuilder words = new StringBuilder().append(contents.revision());
        for (Entry entry : contents.entries()) {
            words.append(' ')
                    .append(entry.path().elements().getFirst())
                    .append('=')
                    .append(number(entry));
        }
        return words.toString();
    }

    private static String words(CommitOutcome outcome) {
        return switch (outcome) {
            case CommitOutcome.Committed committed -> "committed";
            case CommitOutcome.Conflict conflict -> "conflict";
            case CommitOutcome.Refused(String reason, var _) -> "refused " + reason;
            case CommitOutcome.Unknown(String reason) -> "unknown " + reason;
        };
    }
}
