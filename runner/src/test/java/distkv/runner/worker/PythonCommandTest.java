package distkv.runner.worker;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class PythonCommandTest {
    private static String said(PythonCommand command) throws Exception {
        Process process = command.build(Path.of("/nowhere")).start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        process.waitFor();
        return said.strip();
    }

    @Test
    void ctrlCWhilePythonStartsIsIgnoredFromTheFirstMoment() throws Exception {
        String program = "import signal; print(signal.getsignal(signal.SIGINT) is signal.SIG_IGN)";
        assertThat(said(new PythonCommand(List.of("python3", "-c", program), Map.of())))
                .isEqualTo("True");
    }

    @Test
    void itsWordsArriveAsTheyAre() throws Exception {
        String program = "import sys; print(sys.argv[1:])";
        assertThat(said(new PythonCommand(List.of("python3", "-c", program, "a b", "$x'\""), Map.of())
                        .withWorkerUser("jobs")))
                .isEqualTo("['a b', '$x\\'\"', '-m', 'distkv.worker', '/nowhere', 'jobs', '', 'off']");
    }
}
