package distkv.server.node;

import distkv.access.AccessTable;
import distkv.access.Invitation;
import distkv.access.NodeAccount;
import distkv.model.Commit;
import distkv.model.Entry;
import distkv.model.Expectation;
import distkv.model.Origin;
import distkv.model.Path;
import distkv.model.Value;
import distkv.model.Write;
import distkv.protocol.Etype;
import distkv.schema.BadEntry;
import distkv.server.tree.Replica;
import distkv.server.tree.Snapshot;
import distkv.store.CommitOutcome;
import distkv.store.Store;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Nodes and invitations as entries of the tree. */
record NodeRecords(Store store, Replica replica) {
    /**
     * A record and the entry that holds it.
     *
     * @param entry as it is now, with a value
     */
    record Found<T>(T record, Entry entry) {
        /** A write of a new value, unless somebody else has changed the entry. */
        Write changedTo(Value value) {
            return Write.set(entry.path(), value, Expectation.at(entry.tick()));
        }
    }

    /** Reads a record. */
    private interface Reader<T> {
        T read(Value value) throws BadEntry;
    }

    @Nullable
    Found<NodeAccount> node(Snapshot now, String name) {
        return find(now, AccessTable.node(name), value -> NodeAccount.read(name, value));
    }

    @Nullable
    Found<Invitation> invitation(Snapshot now, String id) {
        return find(now, AccessTable.invitation(id), value -> Invitation.read(id, value));
    }

    private static <T> @Nullable Found<T> find(Snapshot now, Path path, Reader<T> reader) {
        Entry entry = now.get(path);
        Value value = entry == null ? null : entry.value();
        if (entry == null || value == null) {
            return null;
        }
        try {
            return new Found<>(reader.read(value), entry);
        } catch (BadEntry e) {
            // The log has said so when the table of users and nodes was read.
            return null;
        }
    }

    static NodeOutcome.Failed busy(String what) {
        return new NodeOutcome.Failed(
                what + ": others changed it at each of " + NodeService.ATTEMPTS + " attempts (expected: try again)",
                Etype.REFUSED);
    }

    /** Commits, and waits until readers see it. Returns why it was not, or is not known to be, committed. */
    @Nullable
    NodeOutcome commit(List<Write> writes, String by) {
        Origin origin = by.isEmpty() ? null : new Origin(by);
        CommitOutcome outcome =
                store.commit(new Commit(writes, List.of()).from(origin)).join();
        replica.await(outcome.judgedAt());
        return switch (outcome) {
            case CommitOutcome.Committed _ -> null;
            case CommitOutcome.Conflict _ -> new NodeOutcome.Interfered();
            case CommitOutcome.Refused(String reason, long _) ->
                new NodeOutcome.Failed("not written: " + reason, Etype.REFUSED);
            case CommitOutcome.Unknown(String reason) ->
                new NodeOutcome.Failed("outcome unknown: " + reason + "; try again", Etype.UNKNOWN);
        };
    }
}
