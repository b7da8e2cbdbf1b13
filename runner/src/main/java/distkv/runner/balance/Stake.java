package distkv.runner.balance;

import org.jspecify.annotations.Nullable;

/**
 * What {@link FairShare} keeps of one job; the job's owner passes it back unread. A runner has one for every job of its
 * group, most of them held by others, so it is small.
 */
public final class Stake {
    /** The stake of every job that belongs to a node, so that it is not shared. */
    static final Stake PINNED = new Stake(0);

    /** The job's part in {@link RendezvousHash}. */
    final int hash;

    /** The node that the job was counted toward last; {@code null}: nobody. */
    Nodes.@Nullable NumberedNode holder;

    /** With whom it was counted last as a job that runs or is due; {@code null}: it was not. */
    FairShare.@Nullable Demand wanted;

    Stake(int hash) {
        this.hash = hash;
    }

    boolean isShared() {
        return this != PINNED;
    }

    /** Whether the job was counted last toward that node. */
    public boolean isHeldBy(String node) {
        return holder != null && holder.name.equals(node);
    }

    boolean isFree() {
        return holder == null && wanted != null;
    }
}
