package distkv.runner.balance;

/** Some of the peers of a group, by their places among them. */
final class PeerSet {
    private final long[] words;

    /** None, of so many. */
    PeerSet(int peers) {
        words = new long[(peers + 63) / 64];
    }

    void add(int peer) {
        words[peer >> 6] |= 1L << peer;
    }

    boolean has(int peer) {
        return (words[peer >> 6] >> peer & 1) != 0;
    }

    int size() {
        int size = 0;
        for (long word : words) {
            size += Long.bitCount(word);
        }
        return size;
    }

    /** Those of these that are also, or are not, among others. */
    PeerSet and(PeerSet others, boolean among) {
        PeerSet both = new PeerSet(words.length * 64);
        for (int i = 0; i < words.length; i++) {
            both.words[i] = words[i] & (among ? others.words[i] : ~others.words[i]);
        }
        return both;
    }

    /** These without that one; −1: without nobody. */
    PeerSet without(int peer) {
        if (peer < 0 || !has(peer)) {
            return this;
        }
        PeerSet rest = and(this, true);
        rest.words[peer >> 6] &= ~(1L << peer);
        return rest;
    }
}
