/** Tests of the whole: how the rooms may use each other, and programs that talk to a real server. */
@NullMarked
package distkv.it;

import org.jspecify.annotations.NullMarked;
