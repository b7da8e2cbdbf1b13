package distkv.client.transport;

import java.security.cert.CertPathBuilderException;
import java.security.cert.CertPathValidatorException;
import java.security.cert.CertificateException;
import java.security.cert.CertificateExpiredException;
import java.security.cert.CertificateNotYetValidException;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/** Says in one line why there is no TLS with a server. */
public final class TlsFailure {
    private TlsFailure() {}

    /** The reason, with what was expected where that is known. */
    public static String text(SSLException failure) {
        String message = String.valueOf(failure.getMessage());
        if (message.contains("SSL message")) {
            return "it does not speak TLS (expected: a port with TLS; for one without, the address without tls://)";
        } else if (message.contains("Received fatal alert: ")) {
            String alert = message.substring(message.indexOf("alert: ") + "alert: ".length());
            return switch (alert) {
                case "protocol_version" -> "it does not speak TLS 1.3 (expected: that)";
                case "bad_certificate",
                        "certificate_unknown",
                        "unknown_ca",
                        "certificate_expired",
                        "unsupported_certificate" ->
                    "it refuses this client's certificate: " + alert
                            + " (expected: one that its authority has signed, and that is valid now)";
                default -> "it refuses TLS: " + alert;
            };
        }
        return why(failure, message);
    }

    private static String why(SSLException failure, String message) {
        @Nullable Throwable cause = failure;
        while (cause != null) {
            switch (cause) {
                case CertificateExpiredException _, CertificateNotYetValidException _ -> {
                    return "its certificate is not valid now: " + cause.getMessage()
                            + " (expected: a valid one; are both clocks right?)";
                }
                case CertPathBuilderException _ -> {
                    return "its certificate is not signed by an authority that is trusted here"
                            + " (expected: one that connect.ssl.ca or connect.ssl.fingerprint names)";
                }
                case CertPathValidatorException invalid
                when invalid.getCause() == null -> {
                    return "its certificate is not valid: " + invalid.getMessage();
                }
                case CertificateException wrong
                when wrong.getCause() == null -> {
                    return String.valueOf(wrong.getMessage());
                }
                default -> cause = cause.getCause();
            }
        }
        return message;
    }
}
