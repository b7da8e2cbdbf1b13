/** The life of a job: its entry and state, when it is due, who claims it, and what is recorded of its end. */
@NullMarked
package distkv.runner.job;

import org.jspecify.annotations.NullMarked;
