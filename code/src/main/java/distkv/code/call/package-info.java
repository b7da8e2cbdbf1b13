/** Calls stored procedures: Java in this process, Python in processes that are kept warm, either in a group's runners. */
@NullMarked
package distkv.code.call;

import org.jspecify.annotations.NullMarked;
