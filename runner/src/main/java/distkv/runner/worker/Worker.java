package distkv.runner.worker;

import distkv.model.Path;
import distkv.runner.code.Language;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What the pool knows of one worker process. Used by the decision thread only. */
final class Worker {
    /**
     * Which runs may share a worker: a run that must end with its claim takes all its neighbours along, and code of
     * one version of the modules must not meet those of another.
     */
    record Sharing(Language language, boolean alone, boolean outlivesClaim, long modules) {
        static Sharing of(Launch launch, long modules) {
            Language language = launch.procedure().language();
            // In Java each version of some code, with its modules, has a class loader of its own.
            long version = language == Language.JAVA ? 0 : modules;
            return new Sharing(language, launch.alone(), launch.outlivesClaim(), version);
        }

        boolean isJava() {
            return language == Language.JAVA;
        }
    }

    final int number;
    final Map<Long, Launch> runs = new LinkedHashMap<>();
    /** Which stored modules in Java its runs use. */
    final Map<Long, Set<Path>> modules = new HashMap<>();
    /** What is to be sent once it is connected. */
    private final List<ToPython> waiting = new ArrayList<>();

    /** {@code null} while it is idle and may be used for anything. */
    @Nullable
    Sharing sharing;

    @Nullable
    Link link;

    /** It was told to finish, or killed; it takes no more runs. */
    boolean leaving;

    /** The runner has killed it. */
    boolean killed;

    /** Its connection has ended. */
    boolean closed;

    /** How it ended, once that is known. */
    @Nullable
    String exit;

    Worker(int number) {
        this.number = number;
    }

    boolean idle() {
        return sharing == null && !leaving;
    }

    /** Whether nothing more comes from it: it is gone, and its connection is read to the end, if there was one. */
    boolean gone() {
        return exit != null && (link == null || closed);
    }

    /** Sends, or keeps the message until it is connected; returns false if it does not read. */
    boolean send(ToPython message) {
        Link to = link;
        if (to == null) {
            waiting.add(message);
            return true;
        }
        return to.send(message);
    }

    boolean connected(Link to, ToPython.Init init) {
        link = to;
        boolean sent = to.send(init);
        for (ToPython message : waiting) {
            sent &= to.send(message);
        }
        waiting.clear();
        return sent;
    }
}
