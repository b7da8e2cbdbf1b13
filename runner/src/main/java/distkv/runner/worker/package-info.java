/** The processes that execute stored code: their parent, the socket that leads to them, and who shares one. */
@NullMarked
package distkv.runner.worker;

import org.jspecify.annotations.NullMarked;
