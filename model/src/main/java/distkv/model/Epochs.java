package distkv.model;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;

/**
 * The epochs of a tree. A new one begins whenever a copy is promoted: only the server of the newest may accept writes, and
 * whatever servers of older ones have accepted since is not part of the tree.
 *
 * <p>A <em>seal</em> is the text of epochs with a proof that whoever has made it has the tree's secret, as the tree's file
 * and all copies of it have. So somebody who has seen a newer epoch can tell a server of an older one, and nobody can make
 * one up.
 *
 * @param tree the tree's id, which never changes
 * @param later the epochs after the first, in order
 */
public record Epochs(String tree, List<Epoch> later) {
    /**
     * An epoch that follows another one.
     *
     * @param after the last revision of the epochs before that is part of the tree
     * @param mark a random number, in which two epochs differ that have the same number
     */
    public record Epoch(long after, long mark) {}

    private static final SecureRandom RANDOM = new SecureRandom();
    private static final int ID_BYTES = 8;
    private static final int PROOF_BYTES = 16;

    public Epochs {
        later = List.copyOf(later);
    }

    /** Those of a new tree. */
    public static Epochs first() {
        return new Epochs(random(ID_BYTES), List.of());
    }

    /** A secret for the seals of a new tree. */
    public static String newSecret() {
        return random(2 * PROOF_BYTES);
    }

    private static String random(int bytes) {
        byte[] random = new byte[bytes];
        RANDOM.nextBytes(random);
        return HexFormat.of().formatHex(random);
    }

    /** The number of the newest, from 1. */
    public int number() {
        return later.size() + 1;
    }

    /** With one more epoch, which has the revisions up to {@code revision} in common with those before. */
    public Epochs next(long revision) {
        List<Epoch> more = new ArrayList<>(later);
        more.add(new Epoch(revision, RANDOM.nextLong() >>> 1));
        return new Epochs(tree, more);
    }

    /**
     * Up to which revision a store of older epochs has the same history as one with these; {@link Long#MAX_VALUE} if it
     * has the same epochs, and -1 if its epochs are not older, or another tree's.
     */
    public long sharedWith(Epochs older) {
        int common = older.later.size();
        if (!tree.equals(older.tree)
                || common > later.size()
                || !later.subList(0, common).equals(older.later)) {
            return -1;
        }
        return common == later.size() ? Long.MAX_VALUE : later.get(common).after();
    }

    /** As text, without spaces and colons. */
    @Override
    public String toString() {
        StringBuilder text = new StringBuilder(tree);
        later.forEach(
                epoch -> text.append(',').append(epoch.after()).append('/').append(epoch.mark()));
        return text.toString();
    }

    /**
     * Reads the text of epochs.
     *
     * @throws IllegalArgumentException if it is none
     */
    public static Epochs parse(String text) {
        String[] parts = text.split(",", -1);
        List<Epoch> later = new ArrayList<>();
        for (int i = 1; i < parts.length; i++) {
            String[] numbers = parts[i].split("/", -1);
            if (numbers.length != 2) {
                throw new IllegalArgumentException("epochs: '" + text + "' (expected: ID,REVISION/MARK,…)");
            }
            later.add(new Epoch(Long.parseLong(numbers[0]), Long.parseLong(numbers[1])));
        }
        return new Epochs(parts[0], later);
    }

    /** The seal of these. */
    public String seal(String secret) {
        return this + ":" + proof(toString(), secret);
    }

    /** The epochs that a seal is about; {@code null} if it was not made with this secret. */
    public static @Nullable Epochs unseal(String seal, String secret) {
        int colon = seal.indexOf(':');
        if (colon < 0) {
            return null;
        }
        String text = seal.substring(0, colon);
        byte[] shown = seal.substring(colon + 1).getBytes(StandardCharsets.UTF_8);
        byte[] proof = proof(text, secret).getBytes(StandardCharsets.UTF_8);
        return MessageDigest.isEqual(shown, proof) ? parse(text) : null;
    }

    private static String proof(String text, String secret) {
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(secret.getBytes(StandardCharsets.UTF_8), "HmacSHA256"));
            byte[] full = mac.doFinal(text.getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(full, 0, PROOF_BYTES);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }
}
