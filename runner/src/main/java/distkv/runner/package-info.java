/** The runner: decides which of the tree's jobs run here and when, and keeps them running. */
@NullMarked
package distkv.runner;

import org.jspecify.annotations.NullMarked;
