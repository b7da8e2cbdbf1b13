package distkv.cli.options;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import distkv.cli.context.EntryContent;
import distkv.cli.input.UsageException;
import distkv.model.Path;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

class ValueOptionsTest {
    @Command
    private static final class Holder {
        @Mixin
        private ValueOptions items = new ValueOptions();
    }

    @Test
    void itemsAreSetInsideTheValue() {
        EntryContent content = items("-v", "name", "Joe", "-e", "age", "-42", "-p", "where", "a.b")
                .applyTo(EntryContent.NONE);
        assertThat(content.value()).isEqualTo(Map.of("name", "Joe", "age", -42L, "where", Path.of("a", "b")));
    }

    @Test
    void aColonIsTheValueItself() {
        assertThat(items("-e", ":", "123").applyTo(EntryContent.of(Map.of("a", 1L))))
                .isEqualTo(EntryContent.of(123L));
        assertThat(items("-e", ":", "-").applyTo(EntryContent.of(1L))).isEqualTo(EntryContent.NONE);
        assertThat(items("-e", ":", "None").applyTo(EntryContent.NONE).present())
                .isTrue();
    }

    @Test
    void aDottedNameIsAnItemOfAnItem() {
        EntryContent old = EntryContent.of(Map.of("a", Map.of("b", 1L, "c", 2L)));
        assertThat(items("-e", "a.b", "3").applyTo(old).value()).isEqualTo(Map.of("a", Map.of("b", 3L, "c", 2L)));
        assertThat(items("-e", "a.b", "-").applyTo(old).value()).isEqualTo(Map.of("a", Map.of("c", 2L)));
    }

    @Test
    void inputsAreDeclaredWithAndWithoutDefaults() {
        Set<String> inputs = new TreeSet<>(Set.of("gone"));
        Map<?, ?> defaults = items("-v", "who", "World", "-e", "n", "-", "-e", "gone", "/")
                .applyTo(Map.of("gone", 1L, "n", 2L), inputs);
        assertThat(defaults).isEqualTo(Map.of("who", "World"));
        assertThat(inputs).containsExactly("n", "who");
    }

    @Test
    void whatIsWrongIsNamed() {
        assertThatThrownBy(() -> items("-e", "age", "4x").applyTo(EntryContent.NONE))
                .isInstanceOf(UsageException.class)
                .hasMessageContaining("-e age: \"4x\"")
                .hasFieldOrPropertyWithValue("hint", "for a text, use -v");
        assertThatThrownBy(() -> items("-e", ":", "1", "-v", "a", "b").applyTo(EntryContent.NONE))
                .hasMessageContaining("':' sets the whole value");
        assertThatThrownBy(() -> items("-p", "a", "b..c").applyTo(EntryContent.NONE))
                .hasMessageContaining("-p a: ");
    }

    private static ValueOptions items(String... arguments) {
        Holder holder = new Holder();
        new CommandLine(holder).parseArgs(arguments);
        return holder.items;
    }
}
