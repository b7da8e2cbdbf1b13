/** The store SPI: where the tree's durable truth lives. */
@NullMarked
package distkv.store;

import org.jspecify.annotations.NullMarked;
