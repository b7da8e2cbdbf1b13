package distkv.cli;

import distkv.cli.code.CodeCommand;
import distkv.cli.code.ModuleCommand;
import distkv.cli.data.DataCommand;
import distkv.cli.data.DataMonitor;
import distkv.cli.run.RunCommand;
import java.util.ArrayList;
import java.util.List;

/**
 * A command line in our order. The original's 0.65 puts the path before the command ({@code data PATH get},
 * {@code job at PATH set}) and names some commands differently; both are rewritten here, before options are parsed.
 *
 * @param chain the commands that were named, outermost first; it starts with {@link Commands#ROOT}
 * @param words the arguments, rewritten
 * @param original whether it was in one of the original's forms, whose output is expected then, too
 */
record Arguments(List<CommandDefinition> chain, List<String> words, boolean original) {
    static Arguments of(List<String> given) {
        return new Reader(given).read();
    }

    /** The innermost command that was named. */
    CommandDefinition last() {
        return chain.getLast();
    }

    private static final class Reader {
        private final List<String> given;
        private final List<CommandDefinition> chain = new ArrayList<>(List.of(Commands.ROOT));
        private final List<String> words = new ArrayList<>();
        private int at;
        private boolean original;

        Reader(List<String> given) {
            this.given = given;
        }

        Arguments read() {
            while (at < given.size() && !chain.getLast().isLeaf()) {
                String next = given.get(at);
                if (next.equals("--")) {
                    break;
                } else if (next.startsWith("-") && next.length() > 1) {
                    option(next);
                } else if (!command(next)) {
                    break;
                }
            }
            List<String> rest = given.subList(at, given.size());
            words.addAll(original && chain.getLast().type() == DataMonitor.class ? onlySpelledOut(rest) : rest);
            return new Arguments(chain, words, original);
        }

        private void option(String option) {
            words.add(option);
            at++;
            if (chain.getLast().takesNext(option) && at < given.size()) {
                words.add(given.get(at++));
            }
        }

        /** Takes a command, however it is written; false if there is none. */
        private boolean command(String next) {
            CommandDefinition group = chain.getLast();
            var found = group.find(next);
            if (found.isPresent()) {
                original |= Commands.ORIGINAL.contains(next);
                enter(found.get());
                at++;
                return true;
            } else if (group.type() == RunCommand.class && next.equals("at")) {
                at++;
                original = true;
                return at < given.size() && pathFirst("get");
            }
            return (group.type() == DataCommand.class && pathFirst("get"))
                    || (group.type() == CodeCommand.class && pathFirst("list"));
        }

        /** Takes {@code PATH COMMAND}, where the command may be missing. */
        private boolean pathFirst(String missing) {
            CommandDefinition group = chain.getLast();
            String path = given.get(at);
            if (at + 1 == given.size()) {
                enter(group.find(missing).orElseThrow());
                at++;
            } else {
                var found = group.find(given.get(at + 1));
                if (found.isEmpty()) {
                    return false;
                }
                enter(found.get());
                at += 2;
                // "code PATH module set PATH": the first path has no meaning.
                if (found.get().type() == ModuleCommand.class) {
                    original = true;
                    return true;
                }
            }
            original = true;
            words.add(path);
            return true;
        }

        /** In the original, {@code -o} of "monitor" is not an output format. */
        private static List<String> onlySpelledOut(List<String> words) {
            List<String> spelled = new ArrayList<>();
            for (String word : words) {
                if (!word.matches("-[sD]*o[sDo]*")) {
                    spelled.add(word);
                    continue;
                }
                spelled.add("--only");
                String others = word.replace("o", "");
                if (others.length() > 1) {
                    spelled.add(others);
                }
            }
            return spelled;
        }

        private void enter(CommandDefinition command) {
            chain.add(command);
            words.add(command.name());
        }
    }
}
