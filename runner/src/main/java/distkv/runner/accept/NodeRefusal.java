package distkv.runner.accept;

import distkv.schema.job.Reason;

/**
 * Why this node does not accept a job or its code.
 *
 * @param reason what the state says
 * @param message a sentence for the error tree and the log
 */
public record NodeRefusal(Reason reason, String message) {
    NodeRefusal(Reason.Code code, Object about, String message) {
        this(new Reason(code, code.word() + ": " + about), message);
    }
}
