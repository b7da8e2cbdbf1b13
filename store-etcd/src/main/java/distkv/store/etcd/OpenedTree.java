package distkv.store.etcd;

import com.google.protobuf.ByteString;
import distkv.store.StoreException;
import io.etcd.jetcd.api.Compare;
import io.etcd.jetcd.api.KeyValue;
import io.etcd.jetcd.api.PutRequest;
import io.etcd.jetcd.api.RangeRequest;
import io.etcd.jetcd.api.RangeResponse;
import io.etcd.jetcd.api.RequestOp;
import io.etcd.jetcd.api.TxnRequest;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A tree as it was found in etcd.
 *
 * @param number of the newest record in it
 * @param servers that are alive
 * @param snapshots the list of them
 * @param at the revision of etcd at which all of this was read
 */
record OpenedTree(
        String name,
        LoggedTree tree,
        long number,
        History history,
        List<String> servers,
        ByteString snapshots,
        long at) {
    private static final System.Logger LOG = System.getLogger(OpenedTree.class.getName());
    private static final String FORMAT = "distkv 1 ";
    /** How often reading is begun anew because another server has written a snapshot meanwhile. */
    private static final int TRIES = 5;

    /** Looks whether etcd and the prefix may be used, makes the tree if there is none, and returns its name. */
    static String check(EtcdClient client, Keys keys, EtcdOptions options) throws EtcdFailure {
        EtcdVersion version = client.version();
        String refusal = version.refusal();
        if (refusal != null && !options.isOldAllowed()) {
            throw new StoreException(refusal + "; to use it nevertheless: --old-etcd");
        }
        String warning = refusal != null ? refusal : version.warning();
        if (warning != null) {
            LOG.log(System.Logger.Level.WARNING, "{0}", warning);
        }
        KeyValue tree = find(client, keys);
        if (tree == null) {
            make(client, keys, options.tree());
            tree = find(client, keys);
        }
        String text = tree == null ? "" : tree.getValue().toStringUtf8();
        if (!text.startsWith("distkv ")) {
            throw foreign(keys);
        }
        if (!text.startsWith(FORMAT)) {
            throw new StoreException(options.address() + " was written by a newer version of DistKV (expected: format "
                    + FORMAT.strip() + ")");
        }
        return text.substring(FORMAT.length());
    }

    private static StoreException foreign(Keys keys) {
        return new StoreException("the prefix " + keys.prefix()
                + " in etcd holds keys of something else (expected: a prefix of its own)");
    }

    private static @Nullable KeyValue find(EtcdClient client, Keys keys) throws EtcdFailure {
        List<KeyValue> found = client.range(
                        RangeRequest.newBuilder().setKey(keys.tree()).build())
                .getKvsList();
        return found.isEmpty() ? null : found.getFirst();
    }

    /** Makes an empty tree, unless another server is faster or there is something else. */
    private static void make(EtcdClient client, Keys keys, String name) throws EtcdFailure {
        RangeResponse there = client.range(RangeRequest.newBuilder()
                .setKey(keys.all())
                .setRangeEnd(keys.allEnd())
                .setLimit(1)
                .build());
        if (there.getKvsCount() > 0 && find(client, keys) == null) {
            throw foreign(keys);
        }
        var _ = client.txn(TxnRequest.newBuilder()
                .addCompare(Compare.newBuilder()
                        .setKey(keys.tree())
                        .setTarget(Compare.CompareTarget.CREATE)
                        .setResult(Compare.CompareResult.EQUAL)
                        .setCreateRevision(0))
                .addSuccess(put(keys.tree(), ByteString.copyFromUtf8(FORMAT + name)))
                .addSuccess(put(keys.head(), Appender.number(0)))
                .build());
    }

    private static RequestOp put(ByteString key, ByteString value) {
        return RequestOp.newBuilder()
                .setRequestPut(PutRequest.newBuilder().setKey(key).setValue(value))
                .build();
    }

    /** Reads everything as it is at one revision of etcd. */
    static OpenedTree read(EtcdClient client, Keys keys, String name, Leases leases) throws EtcdFailure {
        for (int left = TRIES; ; left--) {
            try {
                return tryToRead(client, keys, name, leases);
            } catch (EtcdFailure e) {
                if (e.kind() != EtcdFailure.Meaning.COMPACTED || left == 0) {
                    throw e;
                }
            }
        }
    }

    private static OpenedTree tryToRead(EtcdClient client, Keys keys, String name, Leases leases) throws EtcdFailure {
        leases.clear();
        RangeResponse listed =
                client.range(RangeRequest.newBuilder().setKey(keys.snapshots()).build());
        long at = listed.getHeader().getRevision();
        ByteString list =
                listed.getKvsCount() == 0 ? ByteString.EMPTY : listed.getKvs(0).getValue();
        List<LogSnapshot> snapshots = LogSnapshot.list(list);
        LogSnapshot oldest = snapshots.getFirst();
        LogSnapshot newest = snapshots.getLast();
        History history = new History(client, keys, oldest);
        LogReader log = new LogReader(client, keys);
        LoggedTree tree = LoggedTree.read(newest, new Parts(client, keys), leases, at);
        long number = oldest.number();
        for (List<LogReader.Numbered> some = log.read(number + 1, at); !some.isEmpty(); ) {
            for (LogReader.Numbered next : some) {
                if (next.number() != number + 1) {
                    throw LogReader.missing(number + 1);
                }
                number++;
                history.added(number, next.record().newest());
                if (number > newest.number()) {
                    tree.replay(next.record());
                    tree.state.markDurable();
                }
            }
            some = log.read(number + 1, at);
        }
        List<String> servers = client
                .range(RangeRequest.newBuilder()
                        .setKey(keys.servers())
                        .setRangeEnd(keys.serversEnd())
                        .setRevision(at)
                        .build())
                .getKvsList()
                .stream()
                .map(each -> keys.server(each.getKey()))
                .toList();
        return new OpenedTree(name, tree, number, history, servers, list, at);
    }

    /** Why a tree cannot be opened. */
    static StoreException explain(EtcdAddress address, EtcdFailure e) {
        return new StoreException(
                e.kind() == EtcdFailure.Meaning.UNREACHABLE
                        ? "etcd at " + String.join(", ", address.members()) + " does not answer: " + e.getMessage()
                                + " (expected: a majority of its members)"
                        : "etcd at " + String.join(", ", address.members()) + ": " + e.getMessage(),
                e);
    }
}
