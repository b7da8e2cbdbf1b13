/** When a job starts, and which changes disturb its run: pure functions of entry, state, code and time. */
@NullMarked
package distkv.runner.schedule;

import org.jspecify.annotations.NullMarked;
