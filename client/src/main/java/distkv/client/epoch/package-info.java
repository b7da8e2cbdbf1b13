/** The newest epoch of each tree that clients of this user have seen, so that servers of older ones are refused. */
@NullMarked
package distkv.client.epoch;

import org.jspecify.annotations.NullMarked;
