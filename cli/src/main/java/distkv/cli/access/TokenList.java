package distkv.cli.access;

import distkv.access.Grant;
import distkv.access.Token;
import distkv.cli.context.CommandAction;
import distkv.cli.context.CommandContext;
import distkv.cli.context.HostName;
import distkv.cli.context.Printer;
import distkv.cli.format.Columns;
import distkv.cli.ops.TreeLocation;
import distkv.cli.options.OutputOptions;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** Shows the tokens. */
@Command(
        name = "list",
        description = {
            "Show all tokens: those of programs, and those by which 'distkv login' stays logged in.",
            "The last use is right to ten minutes."
        },
        footer = {"", "Example:", "  distkv token list"})
public final class TokenList implements CommandAction.Local {
    private static final List<String> HEAD = List.of("NAME", "ID", "FOR", "EXPIRES IN", "USED AGO", "FROM", "MADE BY");

    @Mixin
    OutputOptions output = new OutputOptions();

    @Mixin
    private TreeLocation place = new TreeLocation();

    @Override
    public int run(CommandContext context) throws Exception {
        return place.with(context, HostName.name(), tree -> {
            print(AccessEntries.read(tree), context.printer());
            return 0;
        });
    }

    private static void print(AccessEntries known, Printer printer) {
        List<Token> tokens = known.tokens();
        if (printer.isFormatGiven()) {
            printer.document(tokens.stream()
                    .map(token -> document(token, known.lastUse(token.id())))
                    .toList());
        } else if (!tokens.isEmpty()) {
            double now = printer.dates().now();
            List<List<String>> rows = new ArrayList<>(List.of(HEAD));
            tokens.forEach(token -> rows.add(row(token, known.lastUse(token.id()), now)));
            Columns.lines(rows).forEach(printer::line);
        }
    }

    private static List<String> row(Token token, Map<?, ?> use, double now) {
        return List.of(
                token.name(),
                token.id(),
                token.user() == null ? RoleOptions.shown(token.roles()) : "user " + token.user(),
                token.expires() == 0
                        ? "never"
                        : token.isExpired(now) ? "expired" : Columns.duration(token.expires() - now),
                use.get("at") instanceof Number at ? Columns.duration(now - at.doubleValue()) : "-",
                use.get("from") instanceof String from ? from : "-",
                token.by().isEmpty() ? "-" : token.by());
    }

    private static Map<String, Object> document(Token token, Map<?, ?> use) {
        Map<String, Object> document = new LinkedHashMap<>();
        document.put("name", token.name());
        document.put("id", token.id());
        if (token.user() == null) {
            document.put("roles", token.roles().stream().map(Grant::toString).toList());
        } else {
            document.put("user", token.user());
        }
        if (token.expires() != 0) {
            document.put("expires", token.expires());
        }
        if (!use.isEmpty()) {
            document.put("used", use);
        }
        document.put("by", token.by());
        return document;
    }
}
