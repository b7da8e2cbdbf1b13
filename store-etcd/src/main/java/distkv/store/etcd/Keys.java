package distkv.store.etcd;

import com.google.protobuf.ByteString;
import java.util.Locale;

/**
 * Where what is in etcd: below one prefix, so that several trees and other programs may share an etcd.
 *
 * @param prefix begins and ends with a slash
 */
record Keys(String prefix) {
    /** What the tree is called, and in which format it is. */
    ByteString tree() {
        return key("tree");
    }

    /** The number of the newest record of the log. Whoever appends one compares and sets it. */
    ByteString head() {
        return key("head");
    }

    /** A record of the log. */
    ByteString log(long number) {
        return key("l/" + hex(number));
    }

    /** The number of the record with that key. */
    long number(ByteString key) {
        return Long.parseLong(key.toStringUtf8().substring(prefix.length() + "l/".length()), 16);
    }

    boolean isLog(ByteString key) {
        return key.startsWith(key("l/"));
    }

    /** Bound to the lease of a server for as long as that is alive. */
    ByteString server(String server) {
        return key("m/" + server);
    }

    /** The server with that key. */
    String server(ByteString key) {
        return key.toStringUtf8().substring(prefix.length() + "m/".length());
    }

    boolean isServer(ByteString key) {
        return key.startsWith(key("m/"));
    }

    ByteString servers() {
        return key("m/");
    }

    ByteString serversEnd() {
        return key("m0");
    }

    /** Where the keys begin that a server watches: records, the list of snapshots and servers, and nothing else. */
    ByteString watched() {
        return key("l/");
    }

    ByteString watchedEnd() {
        return serversEnd();
    }

    /** Which snapshots there are; among what is watched. */
    ByteString snapshots() {
        return key("lsnapshots");
    }

    /** The part of a snapshot, or of a record that is larger than a value in etcd should be. */
    ByteString part(String of, int number) {
        return key("p/" + of + "/" + hex(number));
    }

    /** Where the parts of one end. */
    ByteString partsEnd(String of) {
        return key("p/" + of + "0");
    }

    /** Where the parts of records begin, or those of the record with that number. */
    ByteString recordParts(long number) {
        return key("p/r" + hex(number));
    }

    /** What the parts of a record are called, of which there may be several with this number until one is in the log. */
    static String record(long number, String server, long attempt) {
        return "r" + hex(number) + "-" + server + "-" + attempt;
    }

    ByteString all() {
        return ByteString.copyFromUtf8(prefix);
    }

    ByteString allEnd() {
        return ByteString.copyFromUtf8(prefix.substring(0, prefix.length() - 1) + "0");
    }

    private ByteString key(String name) {
        return ByteString.copyFromUtf8(prefix + name);
    }

    /** Sixteen digits, so that keys are in the order of numbers. */
    private static String hex(long number) {
        return String.format(Locale.ROOT, "%016x", number);
    }
}
