package distkv.server.access;

import distkv.access.AccessTable;
import distkv.access.Token;
import distkv.model.Commit;
import distkv.model.Depths;
import distkv.model.Entry;
import distkv.model.Expectation;
import distkv.model.Write;
import distkv.server.audit.AuditEvent;
import distkv.server.audit.AuditEvent.AuditAction;
import distkv.server.audit.AuditLog;
import distkv.server.tree.KeyOrderWalk;
import distkv.server.tree.Replica;
import distkv.server.tree.Snapshot;
import distkv.store.CommitOutcome;
import distkv.store.Store;
import java.util.ArrayList;
import java.util.List;

/**
 * Deletes what nobody can use any more: tokens of users that have expired, and notes about tokens that are gone. Tokens of
 * programs stay, for whoever has made them to see.
 */
final class TokenCleanup {
    /** The most at a time; the rest is for the next time. */
    private static final int MOST = 100;

    private final Store store;
    private final Replica replica;
    private final AuditLog audit;

    TokenCleanup(Store store, Replica replica, AuditLog audit) {
        this.store = store;
        this.replica = replica;
        this.audit = audit;
    }

    /**
     * Deletes them, without waiting until that is done.
     *
     * @param now unix time in seconds
     */
    void run(AccessTable table, double now) {
        Snapshot snapshot = replica.snapshot();
        List<Write> writes = new ArrayList<>();
        for (Token token : table.tokens()) {
            Entry entry = snapshot.get(AccessTable.token(token.id()));
            if (token.user() != null && token.isExpired(now) && entry != null && writes.size() < MOST) {
                writes.add(Write.delete(entry.path(), Expectation.at(entry.tick())));
            }
        }
        List<Write> expired = List.copyOf(writes);
        for (KeyOrderWalk walk = snapshot.walk(AccessTable.TOKEN_USE, Depths.ALL); walk.next(); ) {
            Entry note = walk.entry();
            if (note != null && note.value() != null && writes.size() < 2 * MOST && !isUsed(note, table, now)) {
                writes.add(Write.delete(note.path(), Expectation.at(note.tick())));
            }
        }
        if (!writes.isEmpty()) {
            // If something in it has changed meanwhile, it is done the next time.
            var _ = store.commit(new Commit(writes, List.of())).thenAccept(outcome -> {
                if (outcome instanceof CommitOutcome.Committed) {
                    expired.forEach(this::record);
                }
            });
        }
    }

    private static boolean isUsed(Entry note, AccessTable table, double now) {
        Token token = note.path().elements().getLast() instanceof String id ? table.findToken(id) : null;
        return token != null && !(token.user() != null && token.isExpired(now));
    }

    private void record(Write deletion) {
        audit.record(new AuditEvent(AuditAction.RIGHTS, "", "", deletion.path().brief(), "deleted, it has expired"));
    }
}
