/** Writes values for people and programs: YAML, JSON, Python literals, columns, and dates. */
@NullMarked
package distkv.cli.format;

import org.jspecify.annotations.NullMarked;
