/**
 * The store SPI: where the tree's durable truth lives.
 *
 * <p>Threads: any thread may call a {@link Store}; a {@link ChangeFeed} is read by one.
 */
@NullMarked
package distkv.store;

import org.jspecify.annotations.NullMarked;
