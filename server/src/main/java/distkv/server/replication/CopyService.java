package distkv.server.replication;

import distkv.model.Epochs;
import distkv.model.Value;
import distkv.protocol.Etype;
import distkv.protocol.Reply;
import distkv.protocol.Request;
import distkv.protocol.Values;
import distkv.server.copy.CopyRole;
import distkv.server.copy.Follower;
import distkv.server.net.Connection;
import distkv.store.CompactedException;
import distkv.store.CopyFeed;
import distkv.store.Replication;
import distkv.store.Store;
import distkv.store.StoreException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** What a server is among those that have the same tree, and the copies that follow it. Any thread may use it. */
public final class CopyService {
    private static final System.Logger LOG = System.getLogger(CopyService.class.getName());

    private final @Nullable Replication store;
    private final CopyRole role;
    private final SyncGate gate = new SyncGate();
    private final Set<CopyStream> copies = ConcurrentHashMap.newKeySet();
    private volatile @Nullable Epochs newer;

    public CopyService(Store store, CopyRole role) {
        this.store = store.replication();
        this.role = role;
    }

    /** The store, of which commits count only when they are copied if the role says so. */
    public Store synced(Store from) {
        return role.sync() ? new SyncedStore(from, gate) : from;
    }

    SyncGate gate() {
        return gate;
    }

    /** For the greeting; {@code null} if the store's engine knows no copies. */
    public Reply.@Nullable Standing standing() {
        if (store == null) {
            return null;
        }
        Epochs epochs = store.epochs();
        return new Reply.Standing(epochs.tree(), epochs.number(), store.seal(), lag());
    }

    private @Nullable Value lag() {
        Follower follower = role.follower();
        return follower == null ? null : Values.encode(lag(follower));
    }

    private static Map<String, Object> lag(Follower follower) {
        Map<String, Object> lag = new LinkedHashMap<>();
        lag.put("of", follower.main());
        lag.put("behind", follower.behind());
        lag.put("seconds", follower.seconds());
        return lag;
    }

    /** For the state: a map about this copy, or a list of the copies; nil if there are none. */
    public Value status() {
        Follower follower = role.follower();
        if (follower != null) {
            Map<String, Object> lag = lag(follower);
            if (!follower.trouble().isEmpty()) {
                lag.put("trouble", follower.trouble());
            }
            return Values.encode(lag);
        }
        List<Map<String, Object>> all = copies.stream()
                .<Map<String, Object>>map(copy -> Map.of("at", copy.place(), "behind", copy.behind()))
                .toList();
        return all.isEmpty() ? Values.NIL : Values.encode(all);
    }

    /** Why this request is not answered here; {@code null} if it is. */
    public @Nullable String refusal(Request request) {
        Epochs now = newer;
        if (now != null) {
            return superseded(now.number());
        }
        Follower follower = role.follower();
        return follower == null || !isForMain(request)
                ? null
                : "this server is a read-only copy of " + follower.main() + " (expected: to read here; write there)";
    }

    private String superseded(int epoch) {
        return "this server is of epoch " + (store == null ? 1 : store.epochs().number())
                + " of the tree, which another server has in epoch " + epoch + " (expected: to use that one)";
    }

    /** Whether it changes something, or is about what only the main server has. */
    private static boolean isForMain(Request request) {
        return switch (request) {
            case Request.SetValue _,
                    Request.DeleteValue _,
                    Request.DeleteTree _,
                    Request.CommitAll _,
                    Request.Again _,
                    Request.GetTock _,
                    Request.MsgSend _,
                    Request.MsgMonitor _,
                    Request.OpenSession _,
                    Request.AttachSession _,
                    Request.RenewSession _,
                    Request.EndSession _,
                    Request.AskForCode _,
                    Request.ApproveCode _,
                    Request.KeepToken _,
                    Request.DropToken _,
                    Request.ChangePassword _,
                    Request.InviteNode _,
                    Request.JoinAsNode _,
                    Request.RenewNode _,
                    Request.RevokeNode _,
                    Request.FollowStore _ -> true;
            case Request.GetValue _,
                    Request.GetByTick _,
                    Request.GetTree _,
                    Request.Watch _,
                    Request.Enumerate _,
                    Request.EnumerateNode _,
                    Request.Root _,
                    Request.GetState _,
                    Request.Stop _,
                    Request.TestAcl _,
                    Request.DiffieHellman _,
                    Request.LogIn _,
                    Request.WhoAmI _,
                    Request.ListNodes _,
                    Request.PromoteCopy _,
                    Request.Hello _,
                    Request.Ack _,
                    Request.StreamEnd _,
                    Request.Unsupported _,
                    Request.Unknown _,
                    Request.Malformed _ -> false;
        };
    }

    /** A client knows this seal of newer epochs. Does not wait. */
    public void heard(String seal) {
        Replication mine = store;
        if (mine != null && newer == null && isNewer(mine, seal)) {
            Thread.ofVirtual().name("distkv-superseded").start(() -> supersede(mine, seal));
        }
    }

    private static boolean isNewer(Replication mine, String seal) {
        Epochs told = mine.unseal(seal);
        return told != null
                && told.number() > mine.epochs().number()
                && told.tree().equals(mine.epochs().tree());
    }

    private void supersede(Replication mine, String seal) {
        synchronized (this) {
            if (newer != null) {
                return;
            }
            newer = mine.unseal(seal);
        }
        try {
            mine.note(Replication.SUPERSEDED, seal);
        } catch (StoreException e) {
            LOG.log(System.Logger.Level.WARNING, "not remembered that there is a newer epoch: {0}", e.getMessage());
        }
        Epochs told = newer;
        if (told != null) {
            LOG.log(System.Logger.Level.ERROR, "{0}", superseded(told.number()));
            role.whenSuperseded().accept(told);
        }
    }

    /** Answers a request about copies. */
    public void answer(Request.OfCopies request, Connection connection) {
        switch (request) {
            case Request.FollowStore follow -> follow(follow, connection);
            case Request.PromoteCopy(var seq, boolean force) -> {
                Follower follower = role.follower();
                String refusal = follower == null
                        ? "this server is no copy (expected: one that was started with --follow)"
                        : follower.promote(force);
                Epochs epochs = store == null ? null : store.epochs();
                if (refusal == null && epochs != null) {
                    connection
                            .output()
                            .write(new Reply.Result(
                                    seq, Values.encode(Map.of("epoch", epochs.number() + 1L)), connection.tock()));
                } else {
                    connection.fail(new Reply.Failed(seq, String.valueOf(refusal), Etype.REFUSED, connection.tock()));
                }
            }
        }
    }

    private void follow(Request.FollowStore request, Connection connection) {
        Replication mine = store;
        String place = connection.peer().place();
        if (mine == null) {
            connection.fail(failed(
                    request,
                    "this server's store cannot be followed (expected: one in a file of its own)",
                    connection));
            return;
        }
        Reply.Failed refusal = refusal(mine, request, connection);
        if (refusal != null) {
            connection.fail(refusal);
            return;
        }
        try {
            CopyFeed feed = mine.feed(request.revision(), request.resume(), request.tick());
            CopyStream stream = new CopyStream(request.seq(), connection, this, place, feed);
            if (connection.admit(stream)) {
                copies.add(stream);
                LOG.log(System.Logger.Level.INFO, "{0} copies the tree from revision {1}", place, request.revision());
                stream.start();
            } else {
                feed.close();
            }
        } catch (CompactedException e) {
            connection.fail(
                    new Reply.Failed(request.seq(), "copy: " + e.getMessage(), Etype.COMPACTED, connection.tock()));
        } catch (IllegalArgumentException e) {
            connection.fail(failed(
                    request,
                    "copy: it has revision " + request.revision()
                            + ", which is ahead of this server (expected: a copy of" + " this tree)",
                    connection));
        }
    }

    private static Reply.Failed failed(Request request, String text, Connection connection) {
        return new Reply.Failed(request.seq(), text, Etype.CHAIN, connection.tock());
    }

    /** Why the history of what asks is not the beginning of ours; {@code null} if it is. */
    private Reply.@Nullable Failed refusal(Replication mine, Request.FollowStore request, Connection connection) {
        String seal = request.seal();
        if (seal == null) {
            return null;
        }
        Epochs its = mine.unseal(seal);
        if (its == null) {
            return failed(request, "copy: it is of another tree (expected: one of this tree, or none)", connection);
        }
        long shared = mine.epochs().sharedWith(its);
        if (shared >= request.revision()) {
            return null;
        }
        if (isNewer(mine, seal)) {
            heard(seal);
            return failed(request, superseded(its.number()), connection);
        }
        return failed(
                request,
                shared < 0
                        ? "copy: its epoch " + its.number()
                                + " is not one of this server's (expected: a copy of this tree)"
                        : "copy: it has " + (request.revision() - shared)
                                + " changes that this server does not have, after revision " + shared
                                + " (expected: a history that is the beginning of this server's)",
                connection);
    }

    void left(CopyStream stream) {
        copies.remove(stream);
    }
}
