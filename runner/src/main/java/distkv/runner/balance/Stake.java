package distkv.runner.balance;

import distkv.schema.job.JobId;
import distkv.schema.job.Kind;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What {@link FairShare} keeps of one job; the job's owner passes it back unread. */
public final class Stake {
    /** Whether any node may run the job: only those are shared. */
    final boolean isShared;
    /** The job's part in {@link RendezvousHash}. */
    final long hash;

    /** Which peers come before this node for the job; {@code null}: to be worked out. */
    @Nullable
    PeerSet ahead;

    /** For which order of the peers {@link #ahead} holds. */
    int aheadIn;

    /** The node that the job was counted toward last; {@code null}: nobody. */
    @Nullable
    String holder;

    /** The labels under which the job was counted last as one that runs or is due; {@code null}: it was not. */
    @Nullable
    Set<String> wanted;

    Stake(JobId id) {
        isShared = id.kind() == Kind.ANY;
        hash = RendezvousHash.hash(id.path());
    }

    /** Whether the job was counted last toward that node. */
    public boolean isHeldBy(String node) {
        return node.equals(holder);
    }

    boolean isFree() {
        return holder == null && wanted != null;
    }
}
