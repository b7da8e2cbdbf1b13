package distkv.cli;

import distkv.cli.code.ModuleCommand;
import distkv.cli.config.Config;
import distkv.cli.config.ConfigFiles;
import distkv.cli.context.CodeLibrary;
import distkv.cli.context.CommandAction;
import distkv.cli.context.CommandContext;
import distkv.cli.context.JobScope;
import distkv.cli.context.LogOutput;
import distkv.cli.context.Printer;
import distkv.cli.context.Terminal;
import distkv.cli.context.TreeClient;
import distkv.cli.format.OutputFormat;
import distkv.cli.input.UsageException;
import distkv.cli.ops.TreeLocation;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParseResult;

/** Runs command lines: rewrites the arguments, has picocli parse them, runs the command, and reports what went wrong. */
public record CommandLineRun(Terminal terminal) {
    /** Runs one command and returns its exit code. */
    public int run(List<String> given) {
        Arguments arguments = Arguments.of(given);
        CommandLine root = CommandTree.of(arguments);
        root.setOut(new PrintWriter(terminal.out(), true, StandardCharsets.UTF_8));
        try {
            ParseResult parsed = root.parseArgs(arguments.words().toArray(String[]::new));
            Integer helped = CommandLine.executeHelpRequest(parsed);
            return helped != null ? helped : execute(last(parsed), parsed, arguments.original());
        } catch (CommandLine.ParameterException e) {
            return new FailureReport(terminal, 0)
                    .usage(e.getCommandLine().getCommandSpec().qualifiedName(), UsageMessages.of(e, arguments));
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
        RootCommand root = Objects.requireNonNull(user(parsed, RootCommand.class));
        FailureReport failure = new FailureReport(terminal, root.verbosity());
        if (!(spec.userObject() instanceof CommandAction action)) {
            if (spec.userObject() instanceof RootCommand) {
                spec.commandLine().usage(terminal.out());
                return 0;
            }
            return failure.usage(spec.qualifiedName(), UsageMessages.missingCommand(spec));
        }
        try {
            return execute(action, parsed, root, original ? OutputFormat.wire : OutputFormat.yaml);
        } catch (UsageException e) {
            return failure.usage(spec.qualifiedName(), e);
        } catch (Exception e) {
            return failure.failed(spec.qualifiedName(), e);
        } finally {
            terminal.out().flush();
        }
    }

    private int execute(CommandAction action, ParseResult parsed, RootCommand root, OutputFormat otherwise)
            throws Exception {
        Config config = new ConfigFiles(terminal.environment()).load(root.file, root.overrides);
        ClientCommand client = user(parsed, ClientCommand.class);
        OutputFormat format = format(parsed, root, client);
        Printer printer = new Printer(
                terminal,
                format == null ? otherwise : format,
                format != null,
                client != null && client.metadata,
                root.verbosity() < 0);
        CommandContext context = new CommandContext(
                terminal,
                client == null ? config : client.applyTo(config),
                printer,
                root.verbosity(),
                (at, words) -> new CommandLineRun(at).run(words));
        LogOutput.set(terminal, root.verbosity());
        return switch (action) {
            case CommandAction.Local local -> local.run(context);
            case CommandAction.Serving serving -> serving.run(context, scope(parsed));
            case CommandAction.Remote remote -> connected(context, tree -> remote.run(tree, printer));
            case CommandAction.OfLibrary code ->
                connected(context, tree -> code.run(tree, library(parsed, context.config()), printer));
            case CommandAction.OfJobs jobs -> connected(context, tree -> jobs.run(tree, scope(parsed), printer));
        };
    }

    private static int connected(CommandContext context, TreeLocation.Work work) throws Exception {
        try (TreeClient tree = TreeClient.connect(context)) {
            return work.on(tree);
        }
    }

    private static JobScope scope(ParseResult parsed) {
        return JobScope.of(CommandTree.given(parsed, "--node"), CommandTree.given(parsed, "--group"));
    }

    private static CodeLibrary library(ParseResult parsed, Config config) {
        return user(parsed, ModuleCommand.class) == null ? CodeLibrary.procedures(config) : CodeLibrary.modules(config);
    }

    private static @Nullable OutputFormat format(ParseResult parsed, RootCommand root, @Nullable ClientCommand client) {
        OutputFormat given = last(parsed).matchedOptionValue("--output", null);
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
