package distkv.code;

/** Stored code does not compile. The message names the procedure or module, and the line of the stored text. */
public final class CompileException extends CodeException {
    private static final long serialVersionUID = 1;
    private final String name;
    private final String reason;
    private final int line;

    /** @param line counted from 1; 0: the error concerns no line */
    public CompileException(String name, int line, String reason) {
        super(line > 0 ? name + ", line " + line + ": " + reason : name + ": " + reason);
        this.name = name;
        this.reason = reason;
        this.line = line;
    }

    /** The procedure or module, as in {@code demo.scale}. */
    public String name() {
        return name;
    }

    /** What is wrong, without the name and the line. */
    public String reason() {
        return reason;
    }

    /** The line, counted from 1; 0: the error concerns no line. */
    public int line() {
        return line;
    }

    /** A copy of this exception, to be thrown again. */
    public CompileException again() {
        return new CompileException(name, line, reason);
    }
}
