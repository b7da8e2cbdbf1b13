/** Stored code as the runner sees it: which procedures there are, and what each asks for. */
@NullMarked
package distkv.runner.code;

import org.jspecify.annotations.NullMarked;
