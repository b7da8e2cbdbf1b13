package distkv.cli;

import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParseResult;

/** Runs command lines: rewrites the arguments, lets picocli read them, does the work, reports what went wrong. */
record CommandLineRun(Terminal terminal) {
    /** Runs one command and returns its exit code. */
    int run(List<String> given) {
        Arguments arguments = Arguments.of(given);
        CommandLine root = CommandTree.of(arguments);
        root.setOut(new PrintWriter(terminal.out(), true, StandardCharsets.UTF_8));
        try {
            ParseResult parsed = root.parseArgs(arguments.words().toArray(String[]::new));
            Integer helped = CommandLine.executeHelpRequest(parsed);
            return helped != null ? helped : execute(last(parsed), parsed, arguments.original());
        } catch (CommandLine.ParameterException e) {
            return new Failure(terminal, 0).usage(UsageText.of(e, arguments));
        }
    }

    private static ParseResult last(ParseResult parsed) {
        ParseResult last = parsed;
        while (last.hasSubcommand()) {
            last = last.subcommand();
        }
        return last;
    }

    private int execute(ParseResult leaf, ParseResult parsed, boolean original) {
        CommandSpec spec = leaf.commandSpec();
        Root root = Objects.requireNonNull(user(parsed, Root.class));
        Failure failure = new Failure(terminal, root.verbosity());
        if (!(spec.userObject() instanceof Action action)) {
            if (spec.userObject() instanceof Root) {
                spec.commandLine().usage(terminal.out());
                return 0;
            }
            return failure.usage(UsageText.missingCommand(spec));
        }
        try {
            return execute(action, parsed, root, original ? Format.wire : Format.yaml);
        } catch (UsageException e) {
            return failure.usage(spec.qualifiedName() + ": " + e.getMessage());
        } catch (Exception e) {
            return failure.failed(spec.qualifiedName(), e);
        } finally {
            terminal.out().flush();
        }
    }

    private int execute(Action action, ParseResult parsed, Root root, Format otherwise) throws Exception {
        Config config = new ConfigFiles(terminal.environment()).load(root.file, root.overrides);
        ClientGroup client = user(parsed, ClientGroup.class);
        Format format = format(parsed, root, client);
        Printer printer = new Printer(
                terminal,
                format == null ? otherwise : format,
                format != null,
                client != null && client.metadata,
                root.verbosity() < 0);
        Context context = new Context(
                terminal, client == null ? config : client.address.applyTo(config), printer, root.verbosity());
        Logging.set(terminal, root.verbosity());
        return switch (action) {
            case Action.Local local -> local.run(context);
            case Action.Serving serving -> serving.run(context, scope(parsed));
            case Action.Remote remote -> connected(context, tree -> remote.run(tree, printer));
            case Action.OfLibrary code ->
                connected(context, tree -> code.run(tree, library(parsed, context.config()), printer));
            case Action.OfJobs jobs -> connected(context, tree -> jobs.run(tree, scope(parsed), printer));
        };
    }

    private static int connected(Context context, DataPlace.Work work) throws Exception {
        try (Tree tree = Tree.connect(context.config())) {
            return work.on(tree);
        }
    }

    private static JobScope scope(ParseResult parsed) {
        return JobScope.of(CommandTree.given(parsed, "--node"), CommandTree.given(parsed, "--group"));
    }

    private static Library library(ParseResult parsed, Config config) {
        return user(parsed, ModuleGroup.class) == null ? Library.procedures(config) : Library.modules(config);
    }

    private static @Nullable Format format(ParseResult parsed, Root root, @Nullable ClientGroup client) {
        Format given = last(parsed).matchedOptionValue("--output", null);
        return Stream.of(given, client == null ? null : client.format, root.format)
                .filter(Objects::nonNull)
                .findFirst()
                .orElse(null);
    }

    /** The object that holds the options of one of the commands, or {@code null} if that command was not named. */
    private static <T> @Nullable T user(ParseResult parsed, Class<T> type) {
        for (ParseResult at = parsed; at != null; at = at.subcommand()) {
            if (type.isInstance(at.commandSpec().userObject())) {
                return type.cast(at.commandSpec().userObject());
            }
        }
        return null;
    }
}
