/** Groups of runners: their settings, and the presence of their members. */
@NullMarked
package distkv.schema.group;

import org.jspecify.annotations.NullMarked;
