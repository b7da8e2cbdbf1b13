package distkv.cli.access;

import distkv.access.AccessTable;
import distkv.access.Token;
import distkv.cli.context.CommandAction;
import distkv.cli.context.CommandContext;
import distkv.cli.context.HostName;
import distkv.cli.input.FailedException;
import distkv.cli.ops.TreeLocation;
import distkv.cli.options.HelpOption;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** Revokes a token. */
@Command(
        name = "revoke",
        description = "Delete a token. Whoever uses it can do nothing from then on.",
        footer = {"", "Example:", "  distkv token revoke backup"})
public final class TokenRevoke implements CommandAction.Local {
    @Mixin
    private TreeLocation place = new TreeLocation();

    @Mixin
    HelpOption help = new HelpOption();

    @Parameters(paramLabel = "NAME|ID", description = "The token.")
    private String name = "";

    @Override
    public int run(CommandContext context) throws Exception {
        return place.with(context, HostName.name(), tree -> {
            AccessEntries known = AccessEntries.read(tree);
            Token token = find(known.tokens());
            known.put(AccessTable.token(token.id()), null);
            known.put(AccessTable.tokenUse(token.id()), null);
            context.printer().remark("revoked token " + token.name());
            return 0;
        });
    }

    private Token find(List<Token> tokens) {
        List<Token> found = tokens.stream()
                .filter(token -> token.id().equals(name) || token.name().equals(name))
                .toList();
        if (found.size() > 1) {
            throw new FailedException("token " + name + ": there are " + found.size() + " (expected: the id of one: "
                    + String.join(", ", found.stream().map(Token::id).toList()) + ")");
        } else if (found.isEmpty()) {
            throw AccessEntries.missing(
                    "token " + name,
                    name,
                    tokens.stream().map(Token::name).distinct().toList());
        }
        return found.getFirst();
    }
}
