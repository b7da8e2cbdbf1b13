package distkv.runner.accept;

import static org.assertj.core.api.Assertions.assertThat;

import distkv.model.Entry;
import distkv.model.Path;
import distkv.model.Value;
import distkv.protocol.Values;
import distkv.schema.code.Catalog;
import distkv.schema.code.CodeId;
import distkv.schema.job.JobEntry;
import distkv.schema.job.Limits;
import distkv.schema.job.Reason;
import distkv.schema.sign.SignedContent;
import distkv.schema.sign.SignedName;
import distkv.schema.sign.SigningKey;
import distkv.schema.sign.TrustedKeys;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** What a node refuses by its own rules. */
class CodeGateTest {
    private static final CodeId SCALE = CodeId.procedure(Path.of("demo", "scale"));
    private static final SigningKey ANNA = SigningKey.create();
    private static final TrustedKeys KEYS =
            new TrustedKeys(List.of(new TrustedKeys.TrustedKey(Path.ROOT, ANNA.verifyingKey(), "anna")));

    private final Catalog catalog = new Catalog();
    private final List<String> log = new ArrayList<>();
    private long tick;

    private static Limits limits(Map<String, ?> map) throws Exception {
        return Limits.read(map);
    }

    private CodeGate gate(NodePolicy policy) {
        return new CodeGate(policy, Limits.NONE, Set.of("zigbee"), Map.of(), log::add);
    }

    private static NodePolicy signing(SigningMode mode) {
        return new NodePolicy(mode, KEYS, null, Set.of(), Set.of(), Limits.NONE);
    }

    private void store(CodeGate gate, Map<?, ?> fields, @Nullable String by) {
        Value value = Values.encode(fields);
        Entry entry = new Entry(SCALE.path(), value, ++tick, 0, tick, by);
        gate.changed(SCALE, entry);
        catalog.apply(SCALE, entry);
    }

    private static Map<?, ?> signed(Map<?, ?> fields) {
        return SignedContent.sign(fields, SignedName.of(SCALE), 1, ANNA);
    }

    private @Nullable NodeRefusal refusal(CodeGate gate, Map<String, ?> job, @Nullable String as) throws Exception {
        Map<String, Object> all = new LinkedHashMap<>(job);
        all.put("code", SCALE.path());
        if (as != null) {
            all.put("as", as);
        }
        return gate.refusal(JobEntry.read(Values.encode(all)), catalog);
    }

    private static Reason.Code code(@Nullable NodeRefusal refusal) {
        return Objects.requireNonNull(refusal).reason().code();
    }

    @Test
    void aJobStaysWithinTheLimitsOfTheNode() throws Exception {
        CodeGate gate = gate(new NodePolicy(
                SigningMode.OFF,
                TrustedKeys.NONE,
                null,
                Set.of(),
                Set.of(),
                limits(Map.of("memory", "64M", "network", false))));
        store(gate, Map.of("code", "pass"), null);
        assertThat(refusal(gate, Map.of("limits", Map.of("memory", "64M", "network", false)), null))
                .isNull();
        NodeRefusal more = refusal(gate, Map.of("limits", Map.of("memory", "65M", "network", false)), null);
        assertThat(code(more)).isEqualTo(Reason.Code.LIMITS_NOT_ACCEPTED);
        assertThat(Objects.requireNonNull(more).message())
                .isEqualTo("limits.memory: 65M (expected: at most 64M on this node)");
        assertThat(Objects.requireNonNull(refusal(gate, Map.of("limits", Map.of("memory", "8M")), null))
                        .message())
                .isEqualTo("limits.network: none (expected: at most false on this node)");
        assertThat(code(refusal(gate, Map.of(), null))).isEqualTo(Reason.Code.LIMITS_NOT_ACCEPTED);
    }

    @Test
    void codeAndJobsAreOfAcceptedAuthors() throws Exception {
        CodeGate gate = gate(
                new NodePolicy(SigningMode.OFF, TrustedKeys.NONE, null, Set.of("anna", "eve"), Set.of(), Limits.NONE));
        store(gate, Map.of("code", "pass"), "anna");
        assertThat(refusal(gate, Map.of(), "eve")).isNull();
        NodeRefusal job = refusal(gate, Map.of(), "ben");
        assertThat(code(job)).isEqualTo(Reason.Code.AUTHOR_NOT_ACCEPTED);
        assertThat(Objects.requireNonNull(job).message()).isEqualTo("job was written by ben (expected: anna or eve)");
        assertThat(code(refusal(gate, Map.of(), null))).isEqualTo(Reason.Code.AUTHOR_NOT_ACCEPTED);
        store(gate, Map.of("code", "pass"), null);
        assertThat(Objects.requireNonNull(refusal(gate, Map.of(), "eve")).message())
                .startsWith("procedure demo.scale was written by nobody known");
        store(gate, Map.of("code", "pass"), "ben");
        assertThat(Objects.requireNonNull(refusal(gate, Map.of(), "eve")).message())
                .startsWith("procedure demo.scale was written by ben");
    }

    @Test
    void aWarningIsNoRefusal() throws Exception {
        CodeGate gate = gate(signing(SigningMode.WARN));
        store(gate, Map.of("code", "pass"), null);
        assertThat(refusal(gate, Map.of(), null)).isNull();
        assertThat(log).singleElement().asString().startsWith("procedure demo.scale is not signed");
    }

    @Test
    void codeThatIsSignedForOtherNodesIsNotForThisOne() throws Exception {
        CodeGate gate = gate(signing(SigningMode.REQUIRED));
        store(gate, signed(Map.of("code", "pass", "where", Map.of("has", List.of("gpio")))), null);
        gate.recorded(gate.unrecorded(), gate.unrecorded());
        NodeRefusal refusal = refusal(gate, Map.of(), null);
        assertThat(code(refusal)).isEqualTo(Reason.Code.BEYOND_SIGNED);
        assertThat(Objects.requireNonNull(refusal).message())
                .isEqualTo("this node (expected: one that has gpio, as the procedure is signed)");
    }

    @Test
    void nothingCountsBeforeItIsRecorded() throws Exception {
        CodeGate gate = gate(signing(SigningMode.REQUIRED));
        store(gate, signed(Map.of("code", "pass")), null);
        assertThat(gate.isRecording()).isTrue();
        assertThat(code(refusal(gate, Map.of(), null))).isEqualTo(Reason.Code.NOT_RECORDED);
        assertThat(gate.recorded(gate.unrecorded(), null)).containsExactly(SCALE);
        assertThat(gate.isRecording()).isFalse();
        assertThat(code(refusal(gate, Map.of(), null))).isEqualTo(Reason.Code.NOT_RECORDED);
        gate.retry();
        assertThat(gate.isRecording()).isTrue();
        assertThat(gate.recorded(gate.unrecorded(), gate.unrecorded())).containsExactly(SCALE);
        assertThat(refusal(gate, Map.of(), null)).isNull();
        gate.retry();
        assertThat(gate.isRecording()).isFalse();
    }

    @Test
    void whatWasNotSeenIsNotAccepted() throws Exception {
        CodeGate gate = gate(signing(SigningMode.REQUIRED));
        catalog.apply(SCALE, new Entry(SCALE.path(), Values.encode(signed(Map.of("code", "pass"))), 1, 0));
        assertThat(code(refusal(gate, Map.of(), null))).isEqualTo(Reason.Code.UNSIGNED);
    }
}
