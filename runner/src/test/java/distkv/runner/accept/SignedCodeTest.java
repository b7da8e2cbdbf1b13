package distkv.runner.accept;

import static org.assertj.core.api.Assertions.assertThat;

import distkv.model.Entry;
import distkv.model.Path;
import distkv.model.Value;
import distkv.protocol.MsgWriter;
import distkv.protocol.Values;
import distkv.runner.accept.AcceptedRevisions.AcceptedRevision;
import distkv.schema.code.Catalog;
import distkv.schema.code.CodeId;
import distkv.schema.job.JobEntry;
import distkv.schema.job.Limits;
import distkv.schema.job.Reason;
import distkv.schema.sign.SignedContent;
import distkv.schema.sign.SignedName;
import distkv.schema.sign.SigningKey;
import distkv.schema.sign.TrustedKeys;
import java.io.IOException;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Ten thousand ways to pass off something else as signed code. Each is refused, and the code itself is accepted. */
class SignedCodeTest {
    private static final int MUTATIONS = 10_000;
    private static final Path NAME = Path.of("demo", "gate", 2L);
    private static final SigningKey ANNA = SigningKey.create();
    private static final SigningKey BEN = SigningKey.create();
    private static final SigningKey STRANGER = SigningKey.create();
    /** The order of the group of the curve: adding it to the second half of a signature gives another, equally true. */
    private static final BigInteger ORDER =
            BigInteger.TWO.pow(252).add(new BigInteger("27742317777372353535851937790883648493"));

    private final Random random = new Random(12);
    private final Map<Reason.Code, Integer> reasons = new EnumMap<>(Reason.Code.class);

    /** Something that is stored somewhere. */
    private record Stored(CodeId piece, Value value) {}

    private static TrustedKeys.TrustedKey trusted(Path prefix, SigningKey key, String name) {
        return new TrustedKeys.TrustedKey(prefix, key.verifyingKey(), name);
    }

    private record Node(CodeGate gate, AcceptedRevisions revisions) {}

    private static Node node() {
        TrustedKeys keys =
                new TrustedKeys(List.of(trusted(Path.of("demo"), ANNA, "anna"), trusted(Path.of("house"), BEN, "ben")));
        NodePolicy policy = new NodePolicy(SigningMode.REQUIRED, keys, null, Set.of(), Set.of(), Limits.NONE);
        CodeGate gate = new CodeGate(policy, Limits.NONE, Set.of("gpio"), Map.of(), line -> {});
        return new Node(gate, new AcceptedRevisions(null));
    }

    private static Map<Object, @Nullable Object> fields() {
        Map<Object, @Nullable Object> fields = new LinkedHashMap<>();
        fields.put("code", "await _client.set(_P('gate'), value=height)\nreturn height\n");
        fields.put("is_async", true);
        fields.put("vars", List.of("height"));
        fields.put("default", new LinkedHashMap<>(Map.of("speed", 3L, "factor", 0.5)));
        fields.put("requires", List.of(Path.of("house", "units")));
        fields.put("limits", new LinkedHashMap<>(Map.of("time", 60L)));
        fields.put("where", new LinkedHashMap<>(Map.of("has", List.of("gpio"))));
        fields.put("info", "opens the gate");
        return fields;
    }

    private static Map<Object, @Nullable Object> signed(Map<?, ?> fields, Path path, long revision, SigningKey key) {
        return SignedContent.sign(fields, SignedName.of(CodeId.procedure(path)), revision, key);
    }

    private static Value value(Map<?, ?> fields) {
        return Values.encode(fields);
    }

    /** Why a node does not let it start; {@code null}: it does. Everything that it accepts is recorded. */
    private static @Nullable NodeRefusal refusal(Node node, Stored stored) throws IOException {
        node.gate().changed(stored.piece(), new Entry(stored.piece().path(), stored.value(), 1, 0));
        Map<SignedName, AcceptedRevision> batch = node.gate().unrecorded();
        node.gate().recorded(batch, node.revisions().add(batch));
        return node.gate().refusal(stored.piece());
    }

    @Test
    void noneOfTenThousandMutationsStarts() throws IOException {
        Map<Object, @Nullable Object> original = signed(fields(), NAME, 7, ANNA);
        assertThat(refusal(node(), new Stored(CodeId.procedure(NAME), value(original))))
                .isNull();
        for (int i = 0; i < MUTATIONS; i++) {
            Stored mutation = mutation(original, i);
            NodeRefusal refusal = refusal(node(), mutation);
            assertThat(refusal)
                    .as(
                            "mutation %d: %s %s",
                            i,
                            mutation.piece(),
                            Values.isSound(mutation.value(), 60) ? Values.decode(mutation.value()) : mutation.value())
                    .isNotNull();
            reasons.merge(Objects.requireNonNull(refusal).reason().code(), 1, Integer::sum);
        }
        assertThat(reasons)
                .containsOnlyKeys(
                        Reason.Code.UNSIGNED,
                        Reason.Code.ALTERED,
                        Reason.Code.SIGNED_ELSEWHERE,
                        Reason.Code.UNKNOWN_KEY,
                        Reason.Code.KEY_OUT_OF_PREFIX);
    }

    private Stored mutation(Map<Object, @Nullable Object> original, int number) {
        CodeId here = CodeId.procedure(NAME);
        return switch (number % 8) {
            case 0 -> new Stored(here, value(field(original)));
            case 1, 2 -> new Stored(here, bytes(value(original)));
            case 3 -> new Stored(here, value(inSignature(original)));
            case 4 -> elsewhere(original);
            case 5 -> new Stored(here, otherKey());
            case 6 -> new Stored(here, unusual(original));
            default -> new Stored(here, value(replay(original)));
        };
    }

    private <T> T any(List<T> list) {
        return list.get(random.nextInt(list.size()));
    }

    private static Map<Object, @Nullable Object> copy(Map<?, ?> map) {
        return new LinkedHashMap<>(map);
    }

    private static Map<Object, @Nullable Object> signature(Map<?, ?> fields) {
        return copy((Map<?, ?>) Objects.requireNonNull(fields.get("signature")));
    }

    /** Another field, or another value, or one less. */
    private Map<Object, @Nullable Object> field(Map<Object, @Nullable Object> original) {
        Map<Object, @Nullable Object> fields = copy(original);
        Object name = any(List.copyOf(fields().keySet()));
        switch (random.nextInt(4)) {
            case 0 -> fields.remove(name);
            case 1 -> fields.put("more" + random.nextInt(100), "x");
            case 2 -> fields.put(name, null);
            default -> {
                Object was = fields.get(name);
                fields.put(
                        name,
                        switch (was) {
                            case String text -> text.substring(0, random.nextInt(text.length())) + "#";
                            case Boolean flag -> !flag;
                            case List<?> list -> {
                                List<@Nullable Object> longer = new ArrayList<>(list);
                                longer.add("x" + random.nextInt(100));
                                yield longer;
                            }
                            case Map<?, ?> map -> {
                                Map<Object, @Nullable Object> more = copy(map);
                                more.put(any(List.copyOf(map.keySet())), random.nextInt(1_000_000) + 100);
                                yield more;
                            }
                            case null, default -> "x";
                        });
            }
        }
        return fields;
    }

    /** A bit flipped, bytes cut out, put in or cut off. */
    private Value bytes(Value original) {
        byte[] bytes = original.bytes().clone();
        int at = random.nextInt(bytes.length);
        switch (random.nextInt(4)) {
            case 0 -> bytes = Arrays.copyOf(bytes, at);
            case 1 -> {
                byte[] less = Arrays.copyOf(bytes, bytes.length - 1);
                System.arraycopy(bytes, at + 1, less, at, less.length - at);
                bytes = less;
            }
            case 2 -> {
                byte[] more = Arrays.copyOf(bytes, bytes.length + 1);
                System.arraycopy(bytes, at, more, at + 1, bytes.length - at);
                more[at] = (byte) random.nextInt(256);
                bytes = more;
            }
            default -> bytes[at] ^= (byte) (1 << random.nextInt(8));
        }
        return Arrays.equals(bytes, original.bytes()) ? bytes(original) : new Value(bytes);
    }

    /** Another signature over the same content. */
    private Map<Object, @Nullable Object> inSignature(Map<Object, @Nullable Object> original) {
        Map<Object, @Nullable Object> fields = copy(original);
        Map<Object, @Nullable Object> signature = signature(original);
        byte[] made = ((byte[]) Objects.requireNonNull(signature.get("bytes"))).clone();
        switch (random.nextInt(9)) {
            case 0 -> made[random.nextInt(made.length)] ^= (byte) (1 << random.nextInt(8));
            case 1 -> made = Arrays.copyOf(made, random.nextInt(made.length));
            case 2 -> made = Arrays.copyOf(made, made.length + 1 + random.nextInt(8));
            case 3 -> made = plusOrder(made);
            case 4 -> signature.put("revision", 8L + random.nextInt(1_000));
            case 5 ->
                signature.put("key", any(List.of(BEN, STRANGER)).verifyingKey().id());
            case 6 -> signature.put("version", 2L);
            case 7 -> signature.put("more", 1L);
            default -> signature.put("path", Path.of("demo", "gate"));
        }
        signature.put("bytes", made);
        fields.put("signature", signature);
        return fields;
    }

    private static byte[] plusOrder(byte[] signature) {
        byte[] second = new byte[33];
        for (int i = 0; i < 32; i++) {
            second[32 - i] = signature[32 + i];
        }
        byte[] sum = new BigInteger(1, second).add(ORDER).toByteArray();
        byte[] made = signature.clone();
        for (int i = 0; i < 32; i++) {
            made[32 + i] = i < sum.length ? sum[sum.length - 1 - i] : 0;
        }
        return made;
    }

    /** The same entry under another name or as something else; half of the time its signature says so. */
    private Stored elsewhere(Map<Object, @Nullable Object> original) {
        Path path = any(List.of(
                Path.of("demo", "gate", "2"),
                Path.of("demo", "gate", 2.0),
                Path.of("demo", "gate"),
                Path.of("demo", "gate", 2L, 1L),
                Path.of("demo", "g\u0430te", 2L),
                Path.of("demo", "gate\u200b", 2L),
                Path.of("de\u0301mo", "gate", 2L),
                Path.of("Demo", "gate", 2L),
                Path.of("demo.gate", 2L),
                Path.of("demo", "gate", (long) random.nextInt(1_000) + 3)));
        CodeId piece = random.nextInt(10) == 0 ? CodeId.module(NAME) : CodeId.procedure(path);
        Map<Object, @Nullable Object> fields = copy(original);
        if (random.nextBoolean()) {
            Map<Object, @Nullable Object> signature = signature(original);
            signature.put("path", piece.path());
            fields.put("signature", signature);
        }
        return new Stored(piece, value(fields));
    }

    /** Signed by somebody who may not sign it, or in the name of somebody who may. */
    private Value otherKey() {
        SigningKey other = any(List.of(BEN, STRANGER));
        Map<Object, @Nullable Object> fields = fields();
        fields.put("info", "by another " + random.nextInt());
        Map<Object, @Nullable Object> signed = signed(fields, NAME, 7 + random.nextInt(100), other);
        if (random.nextBoolean()) {
            Map<Object, @Nullable Object> signature = signature(signed);
            signature.put("key", ANNA.verifyingKey().id());
            signed.put("signature", signature);
        }
        return value(signed);
    }

    /** The same content in other bytes: a key twice, longer heads and integers, another order. */
    private Value unusual(Map<Object, @Nullable Object> original) {
        MsgWriter out = new MsgWriter();
        List<Map.Entry<Object, @Nullable Object>> pairs = new ArrayList<>(original.entrySet());
        int twice = random.nextInt(pairs.size());
        switch (random.nextInt(4)) {
            case 0 -> {
                boolean first = random.nextBoolean();
                out.map(pairs.size() + 1);
                if (first) {
                    pair(out, pairs.get(twice).getKey(), "evil");
                }
                pairs.forEach(pair -> pair(out, pair.getKey(), pair.getValue()));
                if (!first) {
                    pair(out, pairs.get(twice).getKey(), pairs.get(twice).getValue());
                }
            }
            case 1 -> {
                out.put(0xDE);
                out.put(0);
                out.put(pairs.size());
                pairs.forEach(pair -> pair(out, pair.getKey(), pair.getValue()));
            }
            case 2 -> {
                out.map(pairs.size());
                for (int i = 0; i < pairs.size(); i++) {
                    String key = (String) pairs.get(i).getKey();
                    if (i == twice) {
                        out.put(0xD9);
                        out.put(key.length());
                        out.raw(key.getBytes(java.nio.charset.StandardCharsets.UTF_8), 0, key.length());
                    } else {
                        Values.write(out, key);
                    }
                    Values.write(out, pairs.get(i).getValue());
                }
            }
            default -> {
                java.util.Collections.rotate(pairs, 1 + random.nextInt(pairs.size() - 2));
                out.map(pairs.size());
                pairs.forEach(pair -> pair(out, pair.getKey(), pair.getValue()));
            }
        }
        return new Value(out.toByteArray());
    }

    private static void pair(MsgWriter out, Object key, @Nullable Object value) {
        Values.write(out, key);
        Values.write(out, value);
    }

    /** The signature of other content, or none. */
    private Map<Object, @Nullable Object> replay(Map<Object, @Nullable Object> original) {
        Map<Object, @Nullable Object> other = fields();
        other.put("code", "return " + random.nextInt());
        Map<Object, @Nullable Object> fields = copy(original);
        switch (random.nextInt(3)) {
            case 0 -> fields.remove("signature");
            case 1 -> fields.put("signature", signed(other, NAME, 7, ANNA).get("signature"));
            default -> {
                other.put("signature", original.get("signature"));
                return other;
            }
        }
        return fields;
    }

    @Test
    void olderRevisionsAreReplayedInVain() throws IOException {
        Node node = node();
        CodeId piece = CodeId.procedure(NAME);
        assertThat(refusal(node, new Stored(piece, value(signed(fields(), NAME, 7, ANNA)))))
                .isNull();
        for (int i = 0; i < 200; i++) {
            long revision = random.nextInt(7);
            NodeRefusal refusal = refusal(node, new Stored(piece, value(signed(fields(), NAME, revision, ANNA))));
            assertThat(Objects.requireNonNull(refusal).reason().code()).isEqualTo(Reason.Code.OLDER_THAN_ACCEPTED);
        }
        Map<Object, @Nullable Object> other = fields();
        other.put("info", "the same number");
        NodeRefusal refusal = refusal(node, new Stored(piece, value(signed(other, NAME, 7, ANNA))));
        assertThat(Objects.requireNonNull(refusal).reason().code()).isEqualTo(Reason.Code.OLDER_THAN_ACCEPTED);
        assertThat(refusal.message()).contains("revision 7");
        // The same again, and a signed revert, are fine.
        assertThat(refusal(node, new Stored(piece, value(signed(fields(), NAME, 7, ANNA)))))
                .isNull();
        assertThat(refusal(node, new Stored(piece, value(signed(other, NAME, 8, ANNA)))))
                .isNull();
        assertThat(refusal(node, new Stored(piece, value(signed(fields(), NAME, 9, ANNA)))))
                .isNull();
    }

    @Test
    void whatWasDeletedIsNotForgotten() throws IOException {
        Node node = node();
        CodeId piece = CodeId.procedure(NAME);
        assertThat(refusal(node, new Stored(piece, value(signed(fields(), NAME, 7, ANNA)))))
                .isNull();
        node.gate().changed(piece, new Entry(NAME, null, 2, 0));
        assertThat(Objects.requireNonNull(refusal(node, new Stored(piece, value(signed(fields(), NAME, 6, ANNA)))))
                        .reason()
                        .code())
                .isEqualTo(Reason.Code.OLDER_THAN_ACCEPTED);
    }

    @Test
    void anUnsignedJobStaysWithinWhatIsSigned() throws Exception {
        Node node = node();
        Catalog stored = new Catalog();
        Map<Object, @Nullable Object> fields = fields();
        fields.remove("requires");
        Stored code = new Stored(CodeId.procedure(NAME), value(signed(fields, NAME, 7, ANNA)));
        stored.apply(code.piece(), new Entry(NAME, code.value(), 1, 0));
        assertThat(refusal(node, code)).isNull();
        assertThat(job(node.gate(), stored, Map.of("limits", Map.of("time", 60L))))
                .isNull();
        assertThat(job(
                        node.gate(),
                        stored,
                        Map.of("limits", Map.of("time", 60L), "data", Map.of("height", 1L, "speed", 9L))))
                .isNull();
        assertThat(job(node.gate(), stored, Map.of("limits", Map.of("time", 60L), "data", Map.of("_client", 1L))))
                .isEqualTo("data._client (expected: variables that the signed procedure declares: [factor, height,"
                        + " speed])");
        assertThat(job(node.gate(), stored, Map.of()))
                .startsWith("limits.time: none (expected: at most 60 s, as the procedure is signed)");
        assertThat(job(node.gate(), stored, Map.of("limits", Map.of("time", 61L))))
                .startsWith("limits.time: 61 s");
        assertThat(job(node.gate(), stored, Map.of("limits", Map.of("time", 1L), "secrets", Map.of("token", "mail"))))
                .startsWith("secrets: mail");
    }

    private static @Nullable String job(CodeGate gate, Catalog stored, Map<String, ?> more) throws Exception {
        Map<String, Object> job = new LinkedHashMap<>(more);
        job.put("code", NAME);
        NodeRefusal refusal = gate.refusal(JobEntry.read(Values.encode(job)), stored);
        if (refusal != null) {
            assertThat(refusal.reason().code()).isEqualTo(Reason.Code.BEYOND_SIGNED);
        }
        return refusal == null ? null : refusal.message();
    }

    @Test
    void aModuleIsCode() throws Exception {
        Node node = node();
        Catalog stored = new Catalog();
        CodeId module = CodeId.module(Path.of("house", "units"));
        Stored code = new Stored(CodeId.procedure(NAME), value(signed(fields(), NAME, 7, ANNA)));
        Map<Object, @Nullable Object> units = Map.of("code", "x = 1");
        stored.apply(code.piece(), new Entry(NAME, code.value(), 1, 0));
        stored.apply(module, new Entry(module.path(), value(units), 2, 0));
        assertThat(refusal(node, code)).isNull();
        assertThat(refusal(node, new Stored(module, value(units)))).isNotNull();
        JobEntry job = JobEntry.read(Values.encode(Map.of("code", NAME, "limits", Map.of("time", 1L))));
        assertThat(Objects.requireNonNull(node.gate().refusal(job, stored))
                        .reason()
                        .text())
                .isEqualTo("unsigned: module house.units");
        assertThat(node.gate().moduleRefusal(module.path())).contains("is not signed");
        Stored good = new Stored(module, value(SignedContent.sign(units, SignedName.of(module), 1, BEN)));
        assertThat(refusal(node, good)).isNull();
        assertThat(node.gate().refusal(job, stored)).isNull();
        assertThat(node.gate().moduleRefusal(module.path())).isNull();
    }
}
