package distkv.cli.code;

import distkv.cli.config.Config;
import distkv.cli.context.CodeLibrary;
import distkv.cli.context.CommandAction;
import distkv.cli.context.EntryContent;
import distkv.cli.context.Printer;
import distkv.cli.context.Terminal;
import distkv.cli.context.TreeClient;
import distkv.cli.input.FailedException;
import distkv.cli.input.PythonLiteral;
import distkv.cli.input.UsageException;
import distkv.cli.node.AcceptPolicy;
import distkv.cli.options.OutputOptions;
import distkv.cli.options.ValueOptions;
import distkv.client.ClientException;
import distkv.code.CodeException;
import distkv.code.call.CodeOptions;
import distkv.code.call.CodeRoot;
import distkv.model.Path;
import distkv.protocol.Values;
import distkv.schema.code.CodeId;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Calls a stored procedure. */
@Command(
        name = "call",
        description = {
            "Run a procedure and print what it returns.",
            "It runs here, or at most once on any one node of a group. VALUE is a literal like 42 or [1, 2], else a text;"
                    + " -v, -e and -p say which."
        },
        footer = {
            "",
            "Examples:",
            "  distkv client code call demo.twice x=21",
            "  distkv client code call --group house demo.report day=today"
        })
public final class CodeCall implements CommandAction.OfLibrary {
    @Mixin
    OutputOptions output = new OutputOptions();

    @Mixin
    private ValueOptions items = new ValueOptions();

    @Option(
            names = {"-g", "--group"},
            paramLabel = "GROUP",
            description = "Run it on a node of this group. Default: here.")
    private @Nullable String group;

    @Parameters(index = "0", paramLabel = "PATH", description = "Its name, for example demo.scale.")
    private Path path = Path.ROOT;

    @Parameters(index = "1..*", arity = "0..*", paramLabel = "NAME=VALUE", description = "Its variables.")
    private List<String> variables = new ArrayList<>();

    @Override
    public int run(TreeClient tree, CodeLibrary library, Printer printer) throws InterruptedException {
        library.at(path);
        Map<String, @Nullable Object> named = named();
        try (CodeRoot code = CodeRoot.open(tree.client(), options(tree.config(), printer.terminal()))) {
            Object result = group == null ? code.call(path, List.of(), named) : code.callIn(group, path, named);
            printer.document(Values.decode(Values.encode(result)));
            return 0;
        } catch (CodeException | ClientException e) {
            throw e;
        } catch (RuntimeException e) {
            // A procedure in Java throws its exceptions as they are; their messages do not name it.
            throw new FailedException(CodeId.name(path) + ": " + e, e);
        }
    }

    private Map<String, @Nullable Object> named() {
        Map<String, @Nullable Object> named = new LinkedHashMap<>();
        for (String variable : variables) {
            int equals = variable.indexOf('=');
            if (equals < 1) {
                throw new UsageException("'" + variable + "' (expected: NAME=VALUE)");
            }
            named.put(variable.substring(0, equals), value(variable.substring(equals + 1)));
        }
        if (!items.isEmpty() && items.applyTo(EntryContent.of(named)).value() instanceof Map<?, ?> all) {
            named.clear();
            all.forEach((name, value) -> named.put(String.valueOf(name), value));
        }
        return named;
    }

    private static @Nullable Object value(String text) {
        try {
            return PythonLiteral.parse(text);
        } catch (IllegalArgumentException e) {
            return text;
        }
    }

    private static CodeOptions options(Config config, Terminal terminal) {
        String python =
                Files.isExecutable(terminal.python()) ? terminal.python().toString() : "python3";
        return new CodeOptions(
                config.prefixes(),
                List.of(python),
                Map.of(),
                1,
                config.forCode(),
                AcceptPolicy.ofCalls(config, terminal));
    }
}
