package distkv.cli.access;

import distkv.access.PasswordHash;
import distkv.cli.context.Keyboard;
import distkv.cli.input.FailedException;
import distkv.cli.input.UsageException;
import picocli.CommandLine.Option;

/** Where a new password comes from: standard input, or else somebody who types it twice. */
final class PasswordOption {
    @Option(
            names = {"--password-stdin"},
            description = "Read the password from standard input; where the present one is asked for, that is on a line"
                    + " of its own before it. Default: ask for it twice.")
    private boolean standardInput;

    boolean isGiven() {
        return standardInput;
    }

    /** The present password, and the next. */
    record Change(String present, String next) {
        @Override
        public String toString() {
            return "(secret)";
        }
    }

    /** The hash of a password that somebody chooses now. */
    String hash(Keyboard keyboard) {
        String password = standardInput ? keyboard.allInput() : typed(keyboard);
        return PasswordHash.of(PasswordHash.digest(checked(password)));
    }

    /** What somebody who changes his own password says. */
    Change change(Keyboard keyboard) {
        if (standardInput) {
            String[] lines = keyboard.allInput().split("\\R", 2);
            if (lines.length < 2) {
                throw new UsageException("--password-stdin (expected: the present password on the first line, and the"
                        + " new one on the second)");
            }
            return new Change(lines[0], checked(lines[1]));
        } else if (!keyboard.isThere()) {
            throw nobody();
        }
        String present = keyboard.secret("Present password: ");
        return new Change(present, checked(typed(keyboard)));
    }

    private static String checked(String password) {
        if (password.isEmpty()) {
            throw new FailedException("password: empty (expected: one that nobody guesses)");
        }
        return password;
    }

    private static UsageException nobody() {
        return new UsageException("password: nobody to ask (expected: a terminal, or --password-stdin)");
    }

    private static String typed(Keyboard keyboard) {
        if (!keyboard.isThere()) {
            throw nobody();
        }
        String password = keyboard.secret("New password: ");
        if (!keyboard.secret("The same again: ").equals(password)) {
            throw new FailedException("password: typed differently (expected: the same twice)");
        }
        return password;
    }
}
