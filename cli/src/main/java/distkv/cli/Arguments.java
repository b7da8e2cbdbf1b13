package distkv.cli;

import java.util.ArrayList;
import java.util.List;

/**
 * A command line in the page's order. The original's 0.65 puts the path before the command ({@code data PATH get},
 * {@code job at PATH set}) and names some commands differently; both are turned into the page's forms here, before
 * anything looks at options.
 *
 * @param chain the commands that were named, outermost first; it starts with {@link Words#ROOT}
 * @param words the arguments, rewritten
 */
record Arguments(List<Word> chain, List<String> words) {
    static Arguments of(List<String> given) {
        return new Reader(given).read();
    }

    /** The innermost command that was named. */
    Word last() {
        return chain.getLast();
    }

    private static final class Reader {
        private final List<String> given;
        private final List<Word> chain = new ArrayList<>(List.of(Words.ROOT));
        private final List<String> words = new ArrayList<>();
        private int at;

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
            words.addAll(given.subList(at, given.size()));
            return new Arguments(chain, words);
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
            Word group = chain.getLast();
            var found = group.find(next);
            if (found.isPresent()) {
                enter(found.get());
                at++;
                return true;
            } else if (group.type() == RunGroup.class && next.equals("at")) {
                at++;
                return at < given.size() && pathFirst("get");
            }
            return (group.type() == DataGroup.class && pathFirst("get"))
                    || (group.type() == CodeGroup.class && pathFirst("list"));
        }

        /** Takes {@code PATH COMMAND}, where the command may be missing. */
        private boolean pathFirst(String missing) {
            Word group = chain.getLast();
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
                // "code PATH module set PATH": the first path means nothing.
                if (found.get().type() == ModuleGroup.class) {
                    return true;
                }
            }
            words.add(path);
            return true;
        }

        private void enter(Word word) {
            chain.add(word);
            words.add(word.name());
        }
    }
}
