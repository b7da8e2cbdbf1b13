package distkv.cli.input;

import distkv.model.Path;
import distkv.model.Value;
import distkv.protocol.Frame;
import distkv.protocol.FrameLimits;
import distkv.protocol.FrameReader;
import distkv.protocol.MsgReader;
import distkv.protocol.ProtocolException;
import distkv.protocol.Values;
import distkv.protocol.WirePath;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A file of MsgPack maps, one after another, most of them with {@code path} and {@code value}: what the original's
 * servers save, and what {@code distkv backup} writes. Values are kept as bytes.
 */
public final class EntryFile implements AutoCloseable {
    private static final FrameLimits LIMITS = new FrameLimits(1 << 28, 128);

    private final java.nio.file.Path file;
    private final InputStream in;
    private final FrameReader frames;
    private long count;

    /** The path of the previous item, relative to which the next one's may be shortened. */
    private List<Object> last = List.of();

    /**
     * One map.
     *
     * @param path {@code null} if it is not about an entry; whole, though it may be shortened in the file
     * @param value {@code null} if the entry is deleted
     * @param rest the other keys
     */
    public record Item(@Nullable Path path, @Nullable Value value, Map<String, @Nullable Object> rest) {}

    public EntryFile(java.nio.file.Path file) {
        this.file = file;
        try {
            this.in = new BufferedInputStream(java.nio.file.Files.newInputStream(file), 1 << 16);
        } catch (IOException e) {
            throw new FailedException(file + " cannot be read: " + TextFile.reason(e), e);
        }
        this.frames = new FrameReader(in, LIMITS);
    }

    /** The next map; {@code null} at the end. */
    @Nullable
    public Item next() {
        try {
            Frame frame = frames.next();
            Item item = frame == null ? null : item(frame.reader());
            count++;
            return item;
        } catch (IOException | ProtocolException e) {
            throw new FailedException(
                    file + ", item " + (count + 1) + ": " + e.getMessage() + " (expected: a file of MsgPack maps)", e);
        }
    }

    private Item item(MsgReader in) {
        Path path = null;
        Value value = null;
        Map<String, @Nullable Object> rest = new LinkedHashMap<>();
        in.next();
        for (int pairs = in.length(); pairs > 0; pairs--) {
            String key = String.valueOf(Values.decode(in.slice()));
            switch (key) {
                case "path" -> path = WirePath.read(in);
                case "value" -> value = in.slice();
                default -> rest.put(key, Values.decode(in.slice()));
            }
        }
        return new Item(path == null ? null : whole(path, rest.get("depth")), value, rest);
    }

    /** With {@code depth}, the path begins with that many elements of the previous one. */
    private Path whole(Path path, @Nullable Object depth) {
        if (depth == null) {
            return path;
        }
        if (!(depth instanceof Long number) || number < 0 || number > last.size()) {
            throw new ProtocolException(
                    "depth: " + depth + " (expected: 0 to " + last.size() + ", the length of the path before)");
        }
        List<Object> whole = new ArrayList<>(last.subList(0, number.intValue()));
        whole.addAll(path.elements());
        last = whole;
        return Path.of(whole);
    }

    @Override
    public void close() {
        try {
            in.close();
        } catch (IOException e) {
            throw new FailedException(file + " cannot be closed: " + e.getMessage(), e);
        }
    }
}
