package distkv.cli.login;

import distkv.access.Token;
import distkv.access.User;
import distkv.cli.access.ExpiryOption;
import distkv.cli.context.CommandAction;
import distkv.cli.context.CommandContext;
import distkv.cli.context.HostName;
import distkv.cli.context.Keyboard;
import distkv.cli.context.ServerLocator;
import distkv.cli.input.FailedException;
import distkv.cli.input.UsageException;
import distkv.cli.options.HelpOption;
import distkv.client.Client;
import distkv.client.ClientException;
import distkv.client.ClientOptions;
import distkv.client.login.ClientCredentials;
import distkv.client.login.CredentialsFile;
import distkv.protocol.Request;
import distkv.protocol.Seq;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Logs in to a server, and stays logged in. */
@Command(
        name = "login",
        description = {
            "Log in to a server, and stay logged in: a token for it goes to ~/.config/distkv/credentials.",
            "It asks for a user and a password; without a user, it shows a code that somebody who is logged in approves"
                    + " (distkv login approve CODE)."
        },
        footer = {
            "",
            "Examples:",
            "  distkv login tls://attic",
            "  distkv login tls://attic --code",
            "  distkv login approve BCDF-GHJK"
        })
public final class LoginCommand implements CommandAction.Local {
    private static final long BETWEEN_MILLIS = 1_000;

    @Option(
            names = {"--user"},
            paramLabel = "NAME",
            description = "The user. Default: ask.")
    private @Nullable String user;

    @Option(
            names = {"--password-stdin"},
            description = "Read the password from standard input. Default: ask.")
    private boolean standardInput;

    @Option(
            names = {"--code"},
            description = "Without a password: show a code, and wait until somebody has approved it.")
    private boolean byCode;

    @Option(
            names = {"--expires"},
            paramLabel = "TIME",
            description = "How long to stay logged in, such as 12h or 30d, at most 365d. Default: 90d.")
    private String expires = "90d";

    @Mixin
    HelpOption help = new HelpOption();

    @Parameters(
            paramLabel = "HOST",
            arity = "0..1",
            description = "The server: HOST or tls://HOST, perhaps with :PORT. Default: connect.host, localhost.")
    private @Nullable String host;

    @Override
    public int run(CommandContext context) throws Exception {
        if (byCode && (user != null || standardInput)) {
            throw new UsageException("--code, --user (expected: one of them)");
        } else if (standardInput && user == null) {
            throw new UsageException("--password-stdin (expected: --user with it)");
        }
        Keyboard keyboard = context.terminal().keyboard();
        ClientOptions options = ServerLocator.at(context, host);
        // Says at once if it cannot be used.
        CredentialsFile file = CredentialsFile.of(context.terminal().environment());
        ClientCredentials before = file.find(options.address());
        Instant until = Instant.now().plus(ExpiryOption.parse("--expires", expires));
        Token.Created token =
                Token.create(tokenName(), List.of(), (double) until.getEpochSecond(), "", new SecureRandom());
        String name =
                user != null || byCode || !keyboard.isThere() ? user : keyboard.line("User (none: log in by a code): ");
        String who = name == null || name.isEmpty()
                ? waitForApproval(context, options, keep(token))
                : byPassword(options, new ClientCredentials.Password(name, password(keyboard)), keep(token));
        file.put(options.address(), new ClientCredentials.ByToken(token.secret()));
        if (before != null) {
            LogoutCommand.drop(options.withCredentials(before), before);
        }
        context.printer()
                .remark("logged in to " + options.address() + " as " + who + " until "
                        + LocalDate.ofInstant(until, ZoneId.systemDefault()));
        return 0;
    }

    /** What {@code token list} shows. */
    private static String tokenName() {
        String host = HostName.name();
        return User.isName(host) ? host : "login";
    }

    private static Function<Seq, Request> keep(Token.Created created) {
        Token token = created.token();
        return seq -> new Request.KeepToken(seq, token.id(), token.name(), token.hash(), token.expires());
    }

    private String password(Keyboard keyboard) {
        if (standardInput) {
            return keyboard.allInput();
        } else if (!keyboard.isThere()) {
            throw new UsageException("password: nobody to ask (expected: a terminal, --password-stdin, or --code)");
        }
        return keyboard.secret("Password: ");
    }

    private static String byPassword(
            ClientOptions options, ClientCredentials.Password credentials, Function<Seq, Request> keep)
            throws InterruptedException {
        try (Client client = Client.connect(options.withCredentials(credentials))) {
            client.call(true, keep);
            return credentials.user();
        } catch (ClientException e) {
            throw new FailedException(String.valueOf(e.getMessage()), e);
        }
    }

    private static String waitForApproval(CommandContext context, ClientOptions options, Function<Seq, Request> keep)
            throws InterruptedException {
        try {
            CodeLogIn code = CodeLogIn.begin(options, HostName.name());
            context.printer()
                    .now("To let this machine in, somebody who is logged in to " + options.address() + " runs:\n\n"
                            + "  distkv login approve " + code.code() + "\n");
            context.printer().progress("waiting for up to " + code.life().toMinutes() + " minutes");
            long begun = System.nanoTime();
            while (System.nanoTime() - begun < code.life().toNanos()) {
                String who = code.finish(keep);
                if (who != null) {
                    return who;
                }
                Thread.sleep(Duration.ofMillis(BETWEEN_MILLIS));
            }
            throw new FailedException("code " + code.code() + ": nobody has approved it in time (expected: a new one)");
        } catch (ClientException e) {
            throw new FailedException(String.valueOf(e.getMessage()), e);
        }
    }
}
