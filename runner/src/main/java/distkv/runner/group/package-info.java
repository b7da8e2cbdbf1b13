/** Who else is there: the presence of runners, the state of their group, and whose turn it is to take a job. */
@NullMarked
package distkv.runner.group;

import org.jspecify.annotations.NullMarked;
