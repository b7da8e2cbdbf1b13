package distkv.cli.code;

import distkv.cli.context.Terminal;
import distkv.cli.input.FailedException;
import distkv.model.Path;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.List;

/** Checks that Python can compile some code, if there is a Python here; the runner checks it again in any case. */
record PythonCheck(Terminal terminal) {
    /** Compiles a module as it is, a procedure in an async function, where both return and await are allowed. */
    private static final String SCRIPT = """
            import ast, sys
            sort, name = sys.argv[1:]
            if sort == "module" and name.split(".")[0] in sys.stdlib_module_names | {"anyio", "distkv", "msgpack"}:
                print(0, "this name belongs to Python or to DistKV (expected: another name)")
                sys.exit()
            try:
                code = ast.parse(sys.stdin.buffer.read())
                if sort == "procedure":
                    body = code.body
                    code = ast.parse("async def f():\\n pass")
                    code.body[0].body = body or code.body[0].body
                compile(code, "", "exec")
            except (SyntaxError, ValueError) as e:
                print(getattr(e, "lineno", None) or 1, getattr(e, "msg", None) or e)
            """;

    /** @param noun {@code procedure} or {@code module} */
    void check(String noun, Path name, String code) throws InterruptedException {
        String python =
                Files.isExecutable(terminal.python()) ? terminal.python().toString() : "python3";
        try {
            Process process = new ProcessBuilder(List.of(python, "-I", "-S", "-c", SCRIPT, noun, name.toString()))
                    .redirectError(ProcessBuilder.Redirect.DISCARD)
                    .start();
            try (var in = process.getOutputStream()) {
                in.write(code.getBytes(StandardCharsets.UTF_8));
            }
            String found = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
            if (process.waitFor() == 0 && !found.isEmpty()) {
                int space = found.indexOf(' ');
                String line = found.substring(0, space);
                String what = found.substring(space + 1);
                throw new FailedException(
                        line.equals("0")
                                ? noun + " " + name + ": " + what + "; nothing was stored"
                                : noun + " " + name + " line " + line + ": " + what
                                        + " (expected: Python code that compiles); nothing was stored");
            }
        } catch (IOException e) {
            // No Python here. The runner has one, and reports what is wrong.
            return;
        }
    }
}
