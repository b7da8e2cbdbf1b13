package distkv.protocol.codec;

import distkv.model.Bytes;
import distkv.model.Path;
import distkv.model.Value;
import distkv.protocol.MsgWriter;
import distkv.protocol.Values;
import distkv.protocol.WirePath;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Writes messages, which are maps, counting the keys while they are written. Keys without a value are left out.
 */
final class MapWriter {
    private final MsgWriter out;
    private int head;
    private int fields;

    MapWriter(MsgWriter out) {
        this.out = out;
    }

    /** Writes one message; if that fails, nothing of it remains in the buffer. */
    void message(Runnable content) {
        head = out.size();
        fields = 0;
        out.put(0);
        try {
            content.run();
        } catch (RuntimeException e) {
            out.truncate(head);
            throw e;
        }
        // No message has more than the 15 keys that a one-byte head can count.
        out.patch(head, 0x80 | fields);
    }

    /** Writes a key, which its value must follow. */
    MsgWriter key(Key key) {
        fields++;
        key.write(out);
        return out;
    }

    void number(Key key, long number) {
        key(key).number(number);
    }

    void text(Key key, String text) {
        key(key).text(text);
    }

    void textIfAny(Key key, @Nullable String text) {
        if (text != null) {
            text(key, text);
        }
    }

    void value(Key key, @Nullable Value value) {
        if (value != null) {
            key(key).value(value);
        }
    }

    void bytes(Key key, @Nullable Bytes raw) {
        if (raw != null) {
            key(key).bytes(raw.array());
        }
    }

    void list(Key key, List<?> list) {
        Values.write(key(key), list);
    }

    void path(Path path) {
        WirePath.write(key(Key.PATH), path);
    }
}
