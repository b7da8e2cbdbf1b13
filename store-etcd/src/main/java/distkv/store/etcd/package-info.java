/**
 * The engine for several servers: their common log of changes is in etcd, and each server has the tree that results from
 * it.
 *
 * <p>Threads: {@code distkv-store} runs the {@link distkv.store.etcd.EtcdWriter}, the only one that changes the tree and
 * appends to the log; {@code distkv-etcd} renews the server's presence; {@code distkv-snapshot} writes snapshots. What
 * etcd tells comes on threads of gRPC, which only hand it over.
 */
@NullMarked
package distkv.store.etcd;

import org.jspecify.annotations.NullMarked;
