package distkv.schema.job;

import java.util.Arrays;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Why a job waits, does not run, or was ended: a code, which decisions go by, and a text, which people read. A state
 * holds the text as {@code reason}. Where the text is more than the code's own word, because it names a procedure or
 * labels, {@code reason_code} holds the word.
 */
public record Reason(Code code, String text) {
    /** The field of a state that holds the text. */
    static final String TEXT = "reason";
    /** The field of a state that holds the code's word, where the text is not that word. */
    static final String CODE = "reason_code";

    /** No reason is given: the job runs, or nobody has looked at it. */
    public static final Reason NONE = of(Code.NONE);

    /** All reasons there are. */
    public enum Code {
        NONE(""),

        // What is decided about a job that does not run.
        NO_CODE("no code"),
        TARGET("target > started"),
        REPEAT("repeat"),
        CRON("cron"),
        BACKOFF("backoff"),
        CHANGED_AFTER_ERROR("changed after an error"),
        NO_PROCEDURE("no procedure"),
        BAD_PROCEDURE("bad procedure"),
        NO_NODE_HAS("no node has"),
        NODES_DRAINED("every node is drained"),
        NODE_LACKS("this node lacks"),

        // What a node's own rules say to it.
        UNSIGNED("unsigned"),
        ALTERED("altered"),
        SIGNED_ELSEWHERE("signed for another path"),
        UNKNOWN_KEY("unknown key"),
        KEY_OUT_OF_PREFIX("key not for this path"),
        OLDER_THAN_ACCEPTED("older than accepted"),
        NOT_RECORDED("acceptance not recorded"),
        BEYOND_SIGNED("beyond what is signed"),
        AUTHOR_NOT_ACCEPTED("author not accepted"),
        LIMITS_NOT_ACCEPTED("limits not accepted"),
        NO_NODE_ACCEPTS("no node accepts"),

        // How a run ended, or why it was ended. True: an interruption.
        DONE("done"),
        FAILED("failed"),
        NO_TARGET("no target"),
        ENTRY_DELETED("entry deleted"),
        BAD_ENTRY("bad entry"),
        CODE_CHANGED("code changed", true),
        DATA_CHANGED("data changed", true),
        LIMITS_CHANGED("limits changed", true),
        TARGET_CHANGED("target changed", true),
        SETTINGS_CHANGED("settings changed", true),
        CLAIM_LOST("claim lost", true),
        HANDED_OVER("handed over", true),
        NOT_NEEDED("not needed", true),
        MOVED("moved", true),
        CUT_OFF("cut off", true),
        NODE_LOST("node lost", true),
        STALLED("stalled", true),
        SERVER_LOST("server lost", true),
        WORKER_RESTARTED("worker restarted", true),
        RUNNER_STOPPED("runner stopped", true),

        /** Something that another implementation wrote. */
        OTHER("other");

        private static final Map<String, Code> BY_WORD =
                Arrays.stream(values()).collect(Collectors.toUnmodifiableMap(Code::word, Function.identity()));

        private final String word;
        private final boolean isInterruption;

        Code(String word) {
            this(word, false);
        }

        Code(String word, boolean isInterruption) {
            this.word = word;
            this.isInterruption = isInterruption;
        }

        /** The word that stands for it in a state. */
        public String word() {
            return word;
        }

        /** Whether the run was interrupted through no fault of its own, so that its job starts again at once. */
        public boolean isInterruption() {
            return isInterruption;
        }

        /** Whether a job that was due had no procedure that could run. */
        public boolean lacksProcedure() {
            return this == NO_PROCEDURE || this == BAD_PROCEDURE;
        }

        /** Whether a job that was due was refused a start, which is recorded as an error. */
        public boolean isRefusal() {
            return lacksProcedure() || this == BAD_ENTRY || isOfNodesRules();
        }

        /** Whether the rules of a node, or of all nodes, keep the job from it. */
        public boolean isOfNodesRules() {
            return switch (this) {
                case UNSIGNED,
                        ALTERED,
                        SIGNED_ELSEWHERE,
                        UNKNOWN_KEY,
                        KEY_OUT_OF_PREFIX,
                        OLDER_THAN_ACCEPTED,
                        NOT_RECORDED,
                        BEYOND_SIGNED,
                        AUTHOR_NOT_ACCEPTED,
                        LIMITS_NOT_ACCEPTED,
                        NO_NODE_ACCEPTS -> true;
                default -> false;
            };
        }

        /** Whether a job that was due had no node to run on. */
        public boolean lacksNode() {
            return this == NO_NODE_HAS || this == NODES_DRAINED || this == NODE_LACKS || isOfNodesRules();
        }
    }

    /** A reason whose text is the code's own word. */
    public static Reason of(Code code) {
        return new Reason(code, code.word);
    }

    /** Reads the reason of a state. */
    static Reason read(Map<?, ?> state) {
        String text = state.get(TEXT) instanceof String found ? found : "";
        Code code = state.get(CODE) instanceof String word ? Code.BY_WORD.get(word) : null;
        return code == null ? ofText(text) : new Reason(code, text);
    }

    /** The reason with this text alone: a code's own word, or what states held before there were codes. */
    public static Reason ofText(String text) {
        Code code = Code.BY_WORD.get(text);
        return new Reason(code == null ? codeOfOldText(text) : code, text);
    }

    /** Reads how a past run ended: a code's own word, or {@code failed: …}. */
    static Reason ofOutcome(String text) {
        Code code = Code.BY_WORD.get(text);
        return new Reason(code != null ? code : text.startsWith(Code.FAILED.word) ? Code.FAILED : Code.OTHER, text);
    }

    /** The code to be stored beside the text; {@code null} if the text says it. */
    @Nullable
    String storedCode() {
        return code == Code.OTHER || text.equals(code.word) ? null : code.word;
    }

    private static Code codeOfOldText(String text) {
        for (Code code : new Code[] {Code.NO_PROCEDURE, Code.BAD_PROCEDURE, Code.NO_NODE_HAS, Code.NODE_LACKS}) {
            if (text.startsWith(code.word + " ")) {
                return code;
            }
        }
        return text.startsWith("every node ") ? Code.NODES_DRAINED : Code.OTHER;
    }

    @Override
    public String toString() {
        return text;
    }
}
