/** The configuration: its keys, the files that set them, and the {@code -C} options. */
@NullMarked
package distkv.cli.config;

import org.jspecify.annotations.NullMarked;
