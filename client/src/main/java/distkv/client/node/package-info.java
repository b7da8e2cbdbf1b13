/** This machine as a node of a server: what it knows since it has joined, and how its certificate is renewed. */
@NullMarked
package distkv.client.node;

import org.jspecify.annotations.NullMarked;
