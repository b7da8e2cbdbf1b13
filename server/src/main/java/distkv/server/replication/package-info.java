/**
 * Copies of the tree on other machines: what they are sent, how far they are, and which server is the main one.
 *
 * <p>Threads: each {@link CopyStream} has one that reads the store for it; anybody may call the {@link CopyService}.
 */
@NullMarked
package distkv.server.replication;

import org.jspecify.annotations.NullMarked;
