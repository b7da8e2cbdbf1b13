package distkv.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import picocli.CommandLine;

class ArgumentsTest {
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "client data one.two get                 | client data get one.two",
                "client data one get -rd _               | client data get one -rd _",
                "client data one.two set -e : 123        | client data set one.two -e : 123",
                "client data one                         | client data get one",
                "client data : get                       | client data get :",
                "client -m data one.two.three get        | client -m data get one.two.three",
                "client -p 27599 data : get              | client -p 27599 data get :",
                "client -mp 27599 data : get             | client -mp 27599 data get :",
                "client -p27599 data : get               | client -p27599 data get :",
                "client --port=27599 data : get          | client --port=27599 data get :",
                "client data one watch                   | client data monitor one",
                "client data one monitor -so             | client data monitor one --only -s",
                "client data one monitor -o -D           | client data monitor one --only -D",
                "client code demo.hello set -s f.py      | client code set demo.hello -s f.py",
                "client code demo.hello get              | client code get demo.hello",
                "client code : list -s                   | client code list : -s",
                "client code demo                        | client code list demo",
                "client code : module set -s f.py m.o    | client code module set -s f.py m.o",
                "client code x module get m.o            | client code module get m.o",
                "client job at a.question set -c x.y     | client run set a.question -c x.y",
                "client job -n nodeA at a.question get   | client run -n nodeA get a.question",
                "client job -n - at a.question path      | client run -n - path a.question",
                "client job at a.question                | client run get a.question",
                "client job at : list -t                 | client run list : -t",
                "client job -n - run                     | client run -n - all",
                "client job run -n 3                     | client run all -n 3",
                "client job -g - info                    | client run -g - info",
                "client job monitor                      | client run monitor",
                "client error dump -vv -a                | client error dump -vv -a",
                "-C connect.name=nodeA client job run    | -C connect.name=nodeA client run all",
            })
    void theOlderOrderBecomesThePages(String older, String page) {
        assertThat(String.join(" ", Arguments.of(words(older)).words())).isEqualTo(page);
    }

    @ParameterizedTest
    @CsvSource({
        "client data get one.two",
        "client data monitor -so json one",
        "client run list -n attic -g x",
        "client run group -g x list",
        "client data set -e : 123 one.two",
        "client data get get",
        "client data list -d _ :",
        "client code set -s f.py -a demo.x",
        "client code module set -s f.py m.o",
        "client code module list :",
        "client run -n - -g kitchen all -n 3",
        "client run set -c x.y -t 0 a.question",
        "client run -g - list",
        "client error list",
        "server name --data dir",
        "up",
        "client data -- get x",
        "client --help",
        "client data",
        "client data gte one.two",
    })
    void thePagesOrderStays(String line) {
        assertThat(String.join(" ", Arguments.of(words(line)).words())).isEqualTo(line);
    }

    @Test
    void theCommandsAreKnownBeforePicocliReadsThem() {
        assertThat(Arguments.of(words("client -p 1 job -n - at x state -r")).chain())
                .extracting(CommandDefinition::name)
                .containsExactly("distkv", "client", "run", "state");
    }

    @Test
    void theTableOfWordsAgreesWithTheAnnotations() {
        check(Commands.ROOT, new HashSet<>());
    }

    private static void check(CommandDefinition word, Set<CommandDefinition> seen) {
        if (!seen.add(word)) {
            return;
        }
        var spec = new CommandLine(word.type()).getCommandSpec();
        assertThat(spec.name()).isEqualTo(word.name());
        Set<String> valued = new TreeSet<>();
        spec.options().stream()
                .filter(option -> option.arity().min() > 0)
                .forEach(option -> valued.addAll(List.of(option.names())));
        if (!word.isLeaf()) {
            assertThat(new TreeSet<>(word.valued())).as(word.name()).isEqualTo(valued);
        }
        word.below().forEach(below -> check(below, seen));
    }

    private static List<String> words(String line) {
        return List.of(line.strip().split(" +"));
    }
}
