package distkv.server.request;

import distkv.model.Chain;
import distkv.model.Depths;
import distkv.model.Entry;
import distkv.model.Origin;
import distkv.model.Path;
import distkv.model.PathKey;
import distkv.model.Value;
import distkv.protocol.Etype;
import distkv.protocol.MsgWriter;
import distkv.protocol.Reply;
import distkv.protocol.Request;
import distkv.protocol.Seq;
import distkv.protocol.StatePart;
import distkv.protocol.Values;
import distkv.server.stream.CatchUp;
import distkv.server.stream.ItemFactory;
import distkv.server.stream.TreeStream;
import distkv.server.stream.WatchStream;
import distkv.server.tree.KeyOrderWalk;
import distkv.server.tree.Replica;
import distkv.server.tree.Snapshot;
import distkv.server.tree.TreeWalk;
import distkv.server.tree.WatchScope;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The requests that change nothing, answered from the newest snapshot. They wait only for earlier writes of the same
 * connection, so a client reads its own writes.
 */
final class ReadRequests {
    /** Every child, whether it has an entry itself or only entries below it. */
    private static final Depths CHILDREN = new Depths(1, 1);

    private final RequestContext context;
    private final Replica replica;
    private final String tree;

    ReadRequests(RequestContext context) {
        this.context = context;
        this.replica = context.server().replica();
        this.tree = context.server().store().treeName();
    }

    void get(Request.GetValue request) {
        Path path = path(request.seq(), request.path(), request.internal());
        if (path != null) {
            context.inFlight().awaitNoneAt(path);
            Snapshot now = replica.snapshot();
            Entry entry = now.get(path);
            context.write(
                    entry == null
                            ? new Reply.Got(request.seq(), null, request.chain(), null, null, now.tock())
                            : new Reply.Got(
                                    request.seq(),
                                    entry.value(),
                                    request.chain(),
                                    request.chain() ? new Chain(tree, entry.tick()) : null,
                                    null,
                                    request.by() && entry.by() != null ? origin(entry.tick()) : null,
                                    entry.tick()));
        }
    }

    private @Nullable Origin origin(long tick) {
        return context.server().store().origin(tick);
    }

    /** The entry at a path, together with the path as the client sees it. */
    Reply entry(Seq seq, Path path, Path shown) {
        context.inFlight().awaitNoneAt(path);
        Snapshot now = replica.snapshot();
        Entry entry = now.get(path);
        return entry == null
                ? new Reply.Got(seq, null, false, null, shown, now.tock())
                : new Reply.Got(seq, entry.value(), false, null, shown, entry.tick());
    }

    /** Scans all entries, as there is no index of ticks: only people ask for this. */
    void byTick(Request.GetByTick request) {
        Snapshot now = snapshot();
        if (!request.node().equals(tree)) {
            context.write(notFound(request.seq(), ReprText.of(request.node()), now));
            return;
        }
        Entry entry = context.server().executor().call(() -> withTick(now, request.tick()));
        if (entry != null) {
            Chain chain = request.chain() ? new Chain(tree, entry.tick()) : null;
            Path shown = entry.path().below(context.root());
            context.write(new Reply.Got(request.seq(), entry.value(), request.chain(), chain, shown, entry.tick()));
            return;
        }
        context.write(notFound(request.seq(), Long.toString(request.tick()), now));
    }

    private @Nullable Entry withTick(Snapshot now, long tick) {
        for (KeyOrderWalk walk = now.walk(context.root(), Depths.ALL); walk.next(); ) {
            Entry entry = walk.entry();
            if (entry != null && entry.tick() == tick) {
                return entry;
            }
        }
        return null;
    }

    /** The ticks of all entries, lowest first; scans all entries, like {@link #byTick}. */
    void ticks(Request.EnumerateNode request) {
        Snapshot now = snapshot();
        if (!request.node().equals(tree)) {
            context.write(notFound(request.seq(), ReprText.of(request.node()), now));
            return;
        }
        int most = ErrorReplies.maxValue(context.server());
        MsgWriter result = context.server().executor().call(() -> ticks(now, request.max(), most));
        context.write(
                result.size() > most
                        ? ErrorReplies.tooLarge(request.seq(), "result", result.size(), context)
                        : new Reply.Result(request.seq(), new Value(result.toByteArray()), now.tock()));
    }

    /** The lowest ticks as an array; it is cut off as soon as it has more than {@code mostBytes}. */
    private MsgWriter ticks(Snapshot now, long max, int mostBytes) {
        long[] ticks = new long[64];
        int count = 0;
        for (KeyOrderWalk walk = now.walk(context.root(), Depths.ALL); walk.next(); ) {
            Entry entry = walk.entry();
            if (entry != null) {
                if (count == ticks.length) {
                    ticks = Arrays.copyOf(ticks, 2 * count);
                }
                ticks[count++] = entry.tick();
            }
        }
        Arrays.sort(ticks, 0, count);
        int wanted = max <= 0 || max > count ? count : (int) max;
        MsgWriter result = new MsgWriter();
        result.array(wanted);
        for (int i = 0; i < wanted && result.size() <= mostBytes; i++) {
            result.number(ticks[i]);
        }
        return result;
    }

    private static Reply notFound(Seq seq, String what, Snapshot now) {
        return new Reply.Failed(seq, "KeyError(" + ReprText.cut(what) + ")", Etype.NOTFOUND, now.tock());
    }

    void tree(Request.GetTree request) {
        Path top = path(request.seq(), request.path(), request.internal());
        if (top == null) {
            return;
        }
        Snapshot now = snapshot();
        if (!replica.isKnown(now, top)) {
            context.fail(ErrorReplies.notFound(request.seq(), request.path(), now.tock()));
            return;
        }
        Depths depths = request.depths();
        TreeWalk walk = walk(now, top, depths, request.empty(), request.sorted());
        TreeStream stream = new TreeStream(
                request.seq(),
                context.connection().window(),
                now,
                walk,
                items(request.seq(), top, request.chain(), request.by()),
                context.connection().writer());
        stream.limit(replica, now, context.server().memory().streams());
        if (context.connection().admit(stream)) {
            context.connection().writer().ready(stream);
        } else {
            stream.close();
        }
    }

    void watch(Request.Watch request) {
        Path top = path(request.seq(), request.path(), false);
        if (top == null) {
            return;
        }
        WatchScope scope = WatchScope.of(top, request.only(), request.depths());
        for (Path root : scope.roots()) {
            if (RequestPaths.isInternal(root)) {
                context.fail(ErrorReplies.internal(request.seq(), root, context.tock()));
                return;
            }
        }
        WatchStream stream = new WatchStream(
                request.seq(),
                context.connection(),
                replica,
                scope,
                items(request.seq(), top, request.chain(), request.by()));
        if (!context.connection().admit(stream)) {
            return;
        }
        scope.roots().forEach(replica::makeKnown);
        context.inFlight().awaitNone();
        Snapshot start = stream.start();
        Long since = request.since();
        if (since != null) {
            CatchUp.of(context.server().store(), start, since, scope)
                    .ifPresentOrElse(
                            missed -> stream.withMissed(start, since, missed),
                            () -> stream.fail(start, compacted(request.seq(), since, start)));
        } else if (request.fetch()) {
            stream.withEntries(start, context.server().memory().streams(), request.sorted());
        } else {
            stream.withChanges(start);
        }
    }

    private static Reply.Failed compacted(Seq seq, long since, Snapshot now) {
        return new Reply.Failed(
                seq,
                "since: " + since + " (expected: a tock that the history reaches back to; fetch again)",
                Etype.COMPACTED,
                now.tock());
    }

    void enumerate(Request.Enumerate request) {
        Path top = path(request.seq(), request.path(), request.internal());
        if (top == null) {
            return;
        }
        Snapshot now = snapshot();
        if (!replica.isKnown(now, top)) {
            context.fail(ErrorReplies.notFound(request.seq(), request.path(), now.tock()));
            return;
        }
        MsgWriter children = new MsgWriter();
        int count = 0;
        int most = ErrorReplies.maxValue(context.server());
        for (TreeWalk walk = walk(now, top, CHILDREN, true, request.sorted());
                walk.next() && children.size() <= most; ) {
            Entry entry = walk.entry();
            if (entry != null || request.empty()) {
                count++;
                name(children, PathKey.element(walk.path().key(), top.key().length));
                if (request.data()) {
                    Value value = entry == null ? null : entry.value();
                    children.value(value == null ? Values.NIL : value);
                }
            }
        }
        if (children.size() > most) {
            context.write(ErrorReplies.tooLarge(request.seq(), "result", children.size(), context));
            return;
        }
        byte[] content = children.toByteArray();
        MsgWriter result = new MsgWriter();
        (request.data() ? result.map(count) : result.array(count)).raw(content, 0, content.length);
        context.write(new Reply.Result(request.seq(), new Value(result.toByteArray()), now.tock()));
    }

    /** Paths within paths are arrays in replies. */
    private static void name(MsgWriter out, Object element) {
        Values.write(out, element instanceof Path path ? path.elements() : element);
    }

    /** There is one node, and nothing is ever missing; history before the newest values is not reported. */
    void state(Request.GetState request) {
        Snapshot now = replica.snapshot();
        Map<StatePart, Value> parts = new EnumMap<>(StatePart.class);
        for (StatePart part : request.parts()) {
            switch (part) {
                case NODES -> parts.put(part, Values.encode(Map.of(tree, now.tock())));
                case PRESENT -> parts.put(part, Values.encode(Map.of(tree, List.of(List.of(1, now.tock() + 1)))));
                case STORE -> parts.put(part, trouble());
                case TLS ->
                    parts.put(part, Values.encode(context.server().tlsStatus().get()));
                case PORT -> parts.put(part, Values.encode(context.server().port()));
                case COPY -> parts.put(part, context.server().copies().status());
                case ENTRIES -> parts.put(part, Values.encode(now.size()));
                case MEMORY ->
                    parts.put(
                            part,
                            Values.encode(List.of(
                                    now.bytes(), context.server().memory().tree())));
                case KNOWN, MISSING, REMOTE_MISSING, DELETED, SUPERSEDED, DEBUG, DEBUGGER ->
                    parts.put(part, Values.encode(Map.of()));
                // The original does not answer this, either.
                case CURRENT -> {}
            }
        }
        context.write(new Reply.State(request.seq(), context.server().node(), parts, now.tock()));
    }

    private Value trouble() {
        String trouble = context.server().store().trouble();
        return trouble.isEmpty() ? Values.NIL : Values.encode(trouble);
    }

    /** The newest snapshot, with everything that this client has written. */
    private Snapshot snapshot() {
        context.inFlight().awaitNone();
        return replica.snapshot();
    }

    private static TreeWalk walk(Snapshot now, Path top, Depths depths, boolean empty, boolean sorted) {
        if (sorted) {
            return empty ? now.walkWithEmpty(top, depths) : now.walk(top, depths);
        }
        return empty ? now.walkByCreationWithEmpty(top, depths) : now.walkByCreation(top, depths);
    }

    private ItemFactory items(Seq seq, Path top, boolean chain, boolean by) {
        return new ItemFactory(seq, top, chain ? tree : null, by ? this::origin : null);
    }

    /** The whole path; {@code null}, with an error to the client, if this request may not read it. */
    private @Nullable Path path(Seq seq, Path path, boolean internal) {
        if (internal) {
            return Snapshot.INTERNAL.append(path);
        }
        Path whole = context.root().append(path);
        if (RequestPaths.isInternal(whole)) {
            context.fail(ErrorReplies.internal(seq, whole, context.tock()));
            return null;
        }
        return whole;
    }
}
