package distkv.cli.view;

import distkv.cli.context.JobScope;
import distkv.cli.context.TreeClient;
import distkv.client.Watch;
import distkv.client.WatchEvent;
import distkv.model.Entry;
import distkv.model.Guard;
import distkv.model.Path;
import distkv.schema.job.ClaimEntry;
import distkv.schema.job.JobAddress;
import distkv.schema.job.Kind;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** The nodes that hold a job's claims, and so run it. */
public record ClaimHolders(TreeClient tree, JobScope scope, Path job) {
    /** How long a run may take to end: it is killed after 2 s, and the claim of a dead runner ends after a few. */
    public static final Duration TIMEOUT = Duration.ofSeconds(30);

    /** The nodes that run it now, in order. */
    public List<String> now() throws InterruptedException {
        Path top = scope.claims(tree.config());
        TreeSet<String> nodes = new TreeSet<>();
        for (Entry entry : scope.kind() == Kind.ALL ? tree.below(top, 0, -1) : tree.below(top.append(job), 0, 1)) {
            if (isOurs(entry)) {
                nodes.add(node(entry));
            }
        }
        return List.copyOf(nodes);
    }

    /** Waits until no node runs it any more; returns the nodes that still do at the timeout. */
    public Collection<String> awaitNone(Duration timeout) throws InterruptedException {
        Path top = scope.claims(tree.config());
        Map<Path, String> held = new TreeMap<>();
        boolean current = false;
        try (Watch watch = tree.watch(scope.kind() == Kind.ALL ? top : top.append(job), true, -1)) {
            Thread timer = Thread.ofVirtual().name("timeout").start(() -> closeAfter(watch, timeout));
            for (WatchEvent event = watch.next(); event != null; event = watch.next()) {
                switch (event) {
                    case WatchEvent.Changed(Entry entry) -> {
                        if (!isOurs(entry)) {
                            continue;
                        } else if (entry.isDeletion()) {
                            held.remove(entry.path());
                        } else {
                            held.put(entry.path(), node(entry));
                        }
                    }
                    case WatchEvent.UpToDate _ -> current = true;
                    case WatchEvent.CutOff _ -> current = false;
                }
                if (current && held.isEmpty()) {
                    timer.interrupt();
                    return List.of();
                }
            }
        }
        return new TreeSet<>(held.isEmpty() ? List.of("?") : held.values());
    }

    private static void closeAfter(Watch watch, Duration timeout) {
        try {
            Thread.sleep(timeout);
            watch.close();
        } catch (InterruptedException e) {
            // Nobody ran the job any more before the timeout.
            return;
        }
    }

    /** Whether it is a claim of this job, or that of a run that stands by for it. */
    private boolean isOurs(Entry entry) {
        Path claims = tree.config().prefixes().claims();
        JobAddress held = JobAddress.ofState(entry.path().below(claims));
        return held != null && (held.name().equals(job) || held.name().equals(job.child(Guard.STANDBY)));
    }

    private static String node(Entry claim) {
        ClaimEntry read = ClaimEntry.read(claim.value());
        return read == null || read.node().isEmpty() ? "?" : read.node();
    }

    /** The names, for a sentence. */
    public static String text(Collection<String> nodes) {
        return nodes.stream().collect(Collectors.joining(" and "));
    }
}
