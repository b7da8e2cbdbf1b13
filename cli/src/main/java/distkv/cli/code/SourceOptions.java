package distkv.cli.code;

import distkv.cli.context.CodeLibrary;
import distkv.cli.context.EntryContent;
import distkv.cli.context.Terminal;
import distkv.cli.context.TreeClient;
import distkv.cli.input.TextFile;
import distkv.cli.input.UsageException;
import distkv.model.Path;
import distkv.schema.code.CodeEdit;
import distkv.schema.code.Language;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The options that give the source of a procedure or module, and its metadata. */
final class SourceOptions {
    @Option(
            names = {"-s", "--script"},
            paramLabel = "FILE",
            description = "The file with the code.")
    private java.nio.file.@Nullable Path script;

    @Option(
            names = {"-i", "--info"},
            paramLabel = "TEXT",
            description = "One line about it.")
    private @Nullable String info;

    @Option(
            names = {"-d", "--data"},
            paramLabel = "FILE",
            description = "A YAML file with the metadata: info, requires; of a procedure also is_async, vars, default.")
    private java.nio.file.@Nullable Path metadata;

    @Option(
            names = {"-R", "--requires"},
            paramLabel = "PATH",
            description =
                    "A module, or for a procedure also a procedure, that it requires. May be given several times; ':': none at"
                            + " all.")
    private List<Path> requires = List.of();

    @Option(
            names = {"-J", "--java"},
            description = "The code is in Java, as in a FILE called *.java; else it is in Python.")
    private boolean java;

    /**
     * The values of these options, read once: changing an entry may take several attempts.
     *
     * @param code the text; {@code null} if the stored one stays
     * @param language the language of the code; {@code null} if the stored one stays
     */
    record Given(
            CodeLibrary library,
            Path path,
            Map<?, ?> described,
            @Nullable String info,
            @Nullable String code,
            List<Path> requires,
            @Nullable Language language) {
        /** The stored entry, changed by these options. */
        CodeEdit applyTo(EntryContent old) {
            CodeEdit edit = CodeEdit.of(old.value());
            edit.describe(described);
            if (code != null) {
                edit.code(code);
            } else if (!edit.hasCode()) {
                throw new UsageException(
                        "there is no " + library.noun() + " " + path + " yet (expected: --script FILE)");
            }
            if (info != null) {
                edit.info(info);
            }
            if (!requires.isEmpty()) {
                edit.requires(requires.stream().filter(name -> !name.isRoot()).toList());
            }
            if (language != null) {
                edit.language(language);
            }
            return edit;
        }
    }

    /** Reads the files and checks that the code compiles. */
    Given read(TreeClient tree, CodeLibrary library, Path path, Terminal terminal) throws InterruptedException {
        String code = script == null ? null : TextFile.read(script);
        Map<?, ?> described = metadata == null ? Map.of() : MetadataFile.read(metadata);
        Language given = java ? Language.JAVA : language(described, script);
        if (code != null && (given == null ? stored(tree, library.at(path)) : given) == Language.JAVA) {
            new JavaCheck(tree).check(library, path, code);
        } else if (code != null) {
            new PythonCheck(terminal).check(library.noun(), path, code);
        }
        return new Given(library, path, described, info, code, requires, given);
    }

    /** The language that the metadata name, else that of such files; {@code null} if neither tells. */
    private static @Nullable Language language(Map<?, ?> described, java.nio.file.@Nullable Path script) {
        Language named = CodeEdit.of(described).language();
        if (named != null) {
            return named;
        }
        String file = script == null ? "" : script.toString();
        return file.endsWith(".java") ? Language.JAVA : file.endsWith(".py") ? Language.PYTHON : null;
    }

    /** The language of what is stored there; Python if nothing is. */
    private static Language stored(TreeClient tree, Path path) throws InterruptedException {
        Language named = CodeEdit.of(EntryContent.of(tree.read(path)).value()).language();
        return named == null ? Language.PYTHON : named;
    }
}
