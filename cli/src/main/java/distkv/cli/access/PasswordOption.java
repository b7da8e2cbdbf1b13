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
            description = "Read the password from standard input. Default: ask for it twice.")
    private boolean standardInput;

    boolean isGiven() {
        return standardInput;
    }

    /** The hash of a password that somebody chooses now. */
    String hash(Keyboard keyboard) {
        String password = standardInput ? keyboard.allInput() : typed(keyboard);
        if (password.isEmpty()) {
            throw new FailedException("password: empty (expected: one that nobody guesses)");
        }
        return PasswordHash.of(PasswordHash.digest(password));
    }

    private static String typed(Keyboard keyboard) {
        if (!keyboard.isThere()) {
            throw new UsageException("password: nobody to ask (expected: a terminal, or --password-stdin)");
        }
        String password = keyboard.secret("New password: ");
        if (!keyboard.secret("The same again: ").equals(password)) {
            throw new FailedException("password: typed differently (expected: the same twice)");
        }
        return password;
    }
}
