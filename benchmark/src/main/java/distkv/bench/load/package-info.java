/** Generates load: connections, requests and measurements that share no code with the servers they measure. */
@NullMarked
package distkv.bench.load;

import org.jspecify.annotations.NullMarked;
