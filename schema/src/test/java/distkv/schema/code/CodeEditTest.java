package distkv.schema.code;

import static org.assertj.core.api.Assertions.assertThat;

import distkv.model.Path;
import distkv.protocol.Values;
import distkv.schema.BadEntry;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class CodeEditTest {
    private static final Path NAME = Path.of("a");

    @ParameterizedTest
    @EnumSource
    void aProcedureIsReadAsItWasWritten(Mode mode) throws BadEntry {
        CodeEdit edit = CodeEdit.of(null);
        edit.code("return x");
        edit.mode(mode);
        edit.requires(List.of(Path.of("b")));
        edit.inputs(Set.of("x"), Map.of("y", 2L));
        Procedure read = Procedure.read(NAME, Values.encode(edit.entry()));
        assertThat(read)
                .isEqualTo(new Procedure(
                        NAME, "return x", mode, List.of("x"), Map.of("y", 2L), List.of(Path.of("b")), Language.PYTHON));
    }

    @ParameterizedTest
    @EnumSource
    void aLanguageIsReadAsItWasWritten(Language language) {
        CodeEdit edit = CodeEdit.of(Map.of("language", "java"));
        edit.code("x");
        edit.language(language);
        assertThat(StoredModule.read(NAME, Values.encode(edit.entry())).language())
                .isEqualTo(language);
    }

    @Test
    void whatIsNotNamedStaysAndTheCodeCanBeTakenOut() {
        CodeEdit edit = CodeEdit.of(Map.of("code", "pass", "info", "old", "unknown", 1L));
        edit.describe(Map.of("info", "new"));
        assertThat(edit.takeCode()).isEqualTo("pass");
        assertThat(edit.entry()).isEqualTo(Map.of("info", "new", "unknown", 1L));
    }
}
