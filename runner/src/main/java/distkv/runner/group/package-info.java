/** Who else is there: the presence of runners, and the state of their group. */
@NullMarked
package distkv.runner.group;

import org.jspecify.annotations.NullMarked;
