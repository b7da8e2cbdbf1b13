package distkv.cli.options;

import distkv.cli.context.TreeClient;
import distkv.cli.input.FailedException;
import distkv.cli.input.UsageException;
import distkv.model.Expectation;
import java.util.List;
import picocli.CommandLine.Option;

/** The option {@code --last}: an entry is written only if it has not changed since. */
public final class LastChangeOption {
    @Option(
            names = {"-l", "--last"},
            arity = "2",
            paramLabel = "NODE TICK",
            hideParamSyntax = true,
            description = "Only if this is its last change, as 'client -m data get' prints it.")
    private List<String> nodeAndTick = List.of();

    public boolean isGiven() {
        return !nodeAndTick.isEmpty();
    }

    /** The condition of the write; none if the option was not given. */
    public Expectation expectation(TreeClient tree) {
        if (!isGiven()) {
            return Expectation.anything();
        }
        String text = "--last " + String.join(" ", nodeAndTick);
        try {
            if (nodeAndTick.get(0).equals(tree.name())) {
                return Expectation.at(Long.parseLong(nodeAndTick.get(1)));
            }
        } catch (NumberFormatException e) {
            throw new UsageException(text + " (expected: NODE TICK)", e);
        }
        throw new FailedException(text + " (expected: " + tree.name() + " and a tick: this tree has no other node)");
    }
}
