package distkv.store.etcd;

import static org.assertj.core.api.Assertions.assertThat;

import distkv.model.Commit;
import distkv.model.process.VitalThreadError;
import distkv.store.Store;
import distkv.store.StoreTesting;
import distkv.testing.ReportedFaults;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** A server that was cut off while others dropped what it has not read. */
class MissedRecordsTest extends StoreTesting {
    @RegisterExtension
    final ReportedFaults faults = new ReportedFaults();

    @TempDir
    Path directory;

    @Test
    void itEndsInsteadOfServingWhatIsNotSoAnyMore() throws Exception {
        Etcd etcd = closing(Etcd.start(directory));
        EtcdOptions options = etcd.options();
        Store store = closing(EtcdStore.open(options));
        try (EtcdClient client = etcd.client()) {
            client.put(new Keys(options.address().prefix()).head(), Appender.number(5));
        }
        var unanswered = store.commit(Commit.of(set("a", 1)));
        assertThat(faults.reported().get(20, TimeUnit.SECONDS))
                .isInstanceOf(VitalThreadError.class)
                .hasStackTraceContaining("record 1 of the log is not in etcd any more");
        assertThat(unanswered).isNotDone();
    }
}
