package distkv.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import distkv.model.Depths;
import distkv.model.Path;
import distkv.protocol.codec.ReplyDecoder;
import distkv.protocol.codec.ReplyEncoder;
import distkv.protocol.codec.RequestDecoder;
import distkv.protocol.codec.RequestEncoder;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What the original and its clients sent, byte for byte, is understood, and said again means the same. */
class CapturedTest {
    /** Direction, bytes in hexadecimal, and the kind of message that it is. */
    private static List<String[]> captured() throws IOException {
        var resource = Objects.requireNonNull(CapturedTest.class.getResourceAsStream("captured.txt"));
        try (BufferedReader in = new BufferedReader(new InputStreamReader(resource, StandardCharsets.UTF_8))) {
            return in.lines()
                    .filter(line -> !line.startsWith("#"))
                    .map(line -> line.split(" ", -1))
                    .toList();
        }
    }

    static List<String[]> requests() throws IOException {
        return captured().stream().filter(row -> row[0].equals(">")).toList();
    }

    static List<String[]> replies() throws IOException {
        return captured().stream().filter(row -> row[0].equals("<")).toList();
    }

    @ParameterizedTest
    @MethodSource
    void requests(String direction, String hex, String kind) {
        Request request = RequestDecoder.decode(frame(hex));

        assertThat(request.getClass().getSimpleName()).isEqualTo(kind);
        if (!(request instanceof Request.Malformed)) {
            MsgWriter out = new MsgWriter();
            new RequestEncoder(out).write(request);
            assertThat(RequestDecoder.decode(Frame.of(out.toByteArray()))).isEqualTo(request);
        }
    }

    @ParameterizedTest
    @MethodSource
    void replies(String direction, String hex, String kind) {
        Reply reply = ReplyDecoder.decode(frame(hex));

        assertThat(reply.getClass().getSimpleName()).isEqualTo(kind);
        MsgWriter out = new MsgWriter();
        new ReplyEncoder(out).write(reply);
        assertThat(ReplyDecoder.decode(Frame.of(out.toByteArray()))).isEqualTo(reply);
    }

    @Test
    void aWatchOfTheOriginalsCommandLineIsReadInFull() {
        Request watch =
                RequestDecoder.decode(frame("86a6616374696f6ea57761746368a66e636861696e03a470617468c70f03a72e64697374"
                        + "6b76a6636f6e666967a56665746368c3a47773657101a373657101"));

        assertThat(watch)
                .isEqualTo(new Request.Watch(
                        Seq.of(1), Path.of(".distkv", "config"), List.of(), Depths.ALL, true, null, true, false));
    }

    private static Frame frame(String hex) {
        return Frame.of(HexFormat.of().parseHex(hex));
    }
}
