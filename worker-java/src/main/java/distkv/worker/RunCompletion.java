package distkv.worker;

import distkv.client.ConflictException;
import distkv.client.ServerConnectionException;
import distkv.client.UnknownOutcomeException;
import distkv.code.CancelledException;
import distkv.code.CompileException;
import distkv.code.ErrorRecorded;
import distkv.code.LostException;
import distkv.code.MissingVariablesException;
import distkv.code.StalledException;
import distkv.code.compile.CompiledProcedure;
import java.nio.channels.ClosedByInterruptException;
import java.util.List;
import java.util.Map;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/** Determines how a run has ended, from everything reported about its end, and tells the runner. */
final class RunCompletion {
    private final RunSpec spec;
    private final RunnerConnection runner;
    private final BooleanSupplier serverWasLost;
    private @Nullable CompiledProcedure procedure;
    private boolean cancelled;
    private boolean cancelledItself;
    private boolean lost;
    private @Nullable Throwable taskFailure;

    /**
     * Creates the completion of a run that has not ended.
     *
     * @param serverWasLost whether the connection to the server was lost since the run started
     */
    RunCompletion(RunSpec spec, RunnerConnection runner, BooleanSupplier serverWasLost) {
        this.spec = spec;
        this.runner = runner;
        this.serverWasLost = serverWasLost;
    }

    /** The code starts: exceptions are its own from now on. */
    synchronized void began(CompiledProcedure compiled) {
        procedure = compiled;
    }

    synchronized void cancelled() {
        cancelled = true;
    }

    synchronized boolean isCancelled() {
        return cancelled;
    }

    synchronized void cancelledItself() {
        cancelledItself = true;
    }

    /** The claim is gone. Returns whether that was unknown. */
    synchronized boolean lost() {
        boolean news = !lost;
        lost = true;
        return news;
    }

    synchronized void taskFailed(Throwable why) {
        if (taskFailure == null) {
            taskFailure = why;
        }
    }

    /**
     * Tells the runner how the run has ended.
     *
     * @param result what the code returned
     * @param thrown what the code threw; {@code null}: it returned
     */
    synchronized void report(@Nullable Object result, @Nullable Throwable thrown) {
        Throwable failure = taskFailure != null && (thrown == null || isStop(thrown)) ? taskFailure : thrown;
        if (lost) {
            failed("lost", failure, "its claim is gone");
        } else if (cancelled && failure != null) {
            failed("cancelled", failure, "stopped");
        } else if (failure == null || (cancelledItself && isStop(failure))) {
            done(failure == null && !cancelledItself ? result : null);
        } else {
            failed(kind(failure), failure, "");
        }
    }

    private void done(@Nullable Object result) {
        try {
            runner.report("done", "run", spec.run(), "result", result);
        } catch (IllegalArgumentException e) {
            failed("error", new IllegalArgumentException("the result: " + e.getMessage()), "");
        }
    }

    private String kind(Throwable failure) {
        return switch (failure) {
            case CompileException _ when procedure == null -> "compile";
            case MissingVariablesException _ when procedure == null -> "vars";
            case ErrorRecorded _ -> "recorded";
            case StalledException _ -> "stalled";
            // The server answers nothing any more: no guard is named.
            case ConflictException conflict when conflict.isGuard() && conflict.path() == null -> "lost";
            case ServerConnectionException _, UnknownOutcomeException _
            when serverWasLost.getAsBoolean() -> "interrupted";
            default -> "error";
        };
    }

    private static boolean isStop(Throwable failure) {
        return failure instanceof InterruptedException
                || failure instanceof CancelledException
                || failure instanceof LostException
                || failure instanceof ClosedByInterruptException;
    }

    /**
     * @param stopped the message if the exception only says that the code was told to end; empty: the code was not told
     *     to end
     */
    private void failed(String kind, @Nullable Throwable failure, String stopped) {
        if (failure == null || (!stopped.isEmpty() && isStop(failure))) {
            String type = kind.equals("lost") ? "Lost" : "Cancelled";
            failed(kind, new ExceptionReport(type, stopped, null, null), List.of());
        } else if (failure instanceof CompileException compile && procedure == null) {
            boolean elsewhere = !compile.name().equals(spec.definition().name());
            Integer line = elsewhere || compile.line() == 0 ? null : (Integer) compile.line();
            failed(
                    kind,
                    new ExceptionReport("CompileException", String.valueOf(compile.getMessage()), null, line),
                    List.of());
        } else if (failure instanceof MissingVariablesException vars && procedure == null) {
            ExceptionReport told =
                    new ExceptionReport("MissingVariablesException", String.valueOf(vars.getMessage()), null, null);
            failed(kind, told, vars.missing());
        } else {
            failed(kind, ExceptionReport.of(failure, procedure == null ? null : procedure.type()), List.of());
        }
    }

    private void failed(String kind, ExceptionReport failure, List<String> missing) {
        runner.report(
                "failed",
                "run",
                spec.run(),
                "kind",
                kind,
                "type",
                failure.type(),
                "message",
                failure.message(),
                "trace",
                failure.trace(),
                "line",
                failure.line(),
                "data",
                missing.isEmpty() ? Map.of() : Map.of("missing", missing));
    }
}
