package distkv.server.node;

import distkv.protocol.Etype;

/** What comes of a request about nodes. */
sealed interface NodeOutcome {
    /** It is done, and this is the answer. */
    record Done(Object result) implements NodeOutcome {}

    /** It is not done. */
    record Failed(String text, Etype etype) implements NodeOutcome {}

    /** It is not done, since somebody else has changed the same: it can be tried again. */
    record Interfered() implements NodeOutcome {}
}
