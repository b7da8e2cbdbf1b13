package distkv.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.StandardCopyOption;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The stored code in {@code examples}, run by a real runner on a real server. */
@Timeout(60)
class ExamplesTest {
    @TempDir
    private java.nio.file.Path directory;

    private House house;

    @BeforeEach
    void start() throws Exception {
        house = new House(directory);
        house.runner("attic");
    }

    @AfterEach
    void stop() throws Exception {
        house.close();
    }

    @Test
    void aValueIsScaled() throws InterruptedException {
        house.store("scale");
        house.distkv(
                "run",
                "set",
                "-c",
                "demo.scale",
                "-p",
                "source",
                "a",
                "-p",
                "target",
                "b",
                "-e",
                "factor",
                "2",
                "-t",
                "0",
                "job");
        house.set("a", 21L);
        house.await("b", value -> value.equals(42L));
    }

    @Test
    void aSwitchHasHysteresis() throws InterruptedException {
        house.store("switch");
        house.set("temp", 18L);
        house.distkv(
                "run", "set", "-c", "demo.switch", "-p", "source", "temp", "-p", "switch", "heater", "-t", "0", "job");
        house.await("heater", Boolean.TRUE::equals);
        house.set("temp", 20L);
        house.set("temp", 22L);
        house.await("heater", Boolean.FALSE::equals);
    }

    @Test
    void aSwitchInJavaHasHysteresisAndRests() throws InterruptedException {
        house.store("Hysteresis", ".java");
        house.set("temp", 18L);
        house.distkv(
                "run set -c demo.Hysteresis -p source temp -p target heater -e pause 0.01 -t 0 job".split(" ", -1));
        house.await("heater", Boolean.TRUE::equals);
        house.set("temp", 20L);
        house.set("temp", 22L);
        house.await("heater", Boolean.FALSE::equals);
    }

    @Test
    void everyNodeReportsItsLoad() throws InterruptedException {
        house.runner("cellar");
        house.store("load");
        house.distkv(
                "run",
                "-n",
                "-",
                "set",
                "-c",
                "demo.load",
                "-p",
                "target",
                "load",
                "-e",
                "interval",
                "1",
                "-t",
                "0",
                "job");
        house.await("load.attic", value -> value instanceof Map<?, ?> map && map.containsKey("cores"));
        house.await("load.cellar", value -> value instanceof Map<?, ?> map && map.containsKey("cores"));
    }

    @Test
    void aCounterIsTurnedIntoTimeSlotsAndARestartLosesNothing() throws InterruptedException {
        house.store("slots");
        house.set("counter", 100L);
        house.distkv(
                "run",
                "set",
                "-c",
                "demo.slots",
                "-p",
                "source",
                "counter",
                "-p",
                "target",
                "slots",
                "-e",
                "length",
                "1000000000",
                "-t",
                "0",
                "job");
        house.await("slots", value -> value instanceof Map<?, ?> map && Objects.equals(map.get("count"), 100L));
        house.set("counter", 107L);
        house.await("slots", value -> value instanceof Map<?, ?> map && Objects.equals(map.get("sum"), 7L));
        // It runs from now on with slots of a second: what it had is that of the last slot.
        house.distkv("run", "set", "-e", "length", "1", "job");
        house.await("slots", value -> value.equals(7L));
        // Begins anew: all of it is growth.
        house.set("counter", 3L);
        house.await("slots", value -> value.equals(3L));
    }

    @Test
    void aThermostatSurvivesBeingCutOff() throws Exception {
        house.runner("cellar");
        java.nio.file.Path sensor = Files.writeString(directory.resolve("sensor"), "18500\n");
        java.nio.file.Path relay = directory.resolve("relay");
        assertThat(new ProcessBuilder("mkfifo", relay.toString()).start().waitFor())
                .isZero();
        try (RandomAccessFile switched = new RandomAccessFile(relay.toFile(), "rw")) {
            house.store("thermostat");
            house.set("wanted", 20L);
            house.distkv(
                    "run",
                    "-n",
                    "attic",
                    "set",
                    "-c",
                    "demo.thermostat",
                    "-p",
                    "wanted",
                    "wanted",
                    "-p",
                    "status",
                    "status",
                    "-v",
                    "sensor",
                    sensor.toString(),
                    "-v",
                    "relay",
                    relay.toString(),
                    "-e",
                    "interval",
                    "0.1",
                    "-e",
                    "patience",
                    "0.3",
                    "-t",
                    "0",
                    "warm");
            house.await(
                    "status",
                    value -> value instanceof Map<?, ?> map
                            && Objects.equals(map.get("goal"), 20L)
                            && Objects.equals(map.get("group"), "complete"));
            assertThat(lastRead(switched, '1')).isTrue();

            house.stopServer();
            // 18.5 degrees are too few for the wish, but enough to be safe.
            assertThat(lastRead(switched, '0')).isTrue();
            // At once, so that the job never reads half of it.
            Files.move(
                    Files.writeString(directory.resolve("next"), "12000\n"),
                    sensor,
                    StandardCopyOption.REPLACE_EXISTING);
            assertThat(lastRead(switched, '1')).isTrue();

            house.startServer();
            house.await(
                    "status",
                    value -> value instanceof Map<?, ?> map
                            && Objects.equals(map.get("now"), 12.0)
                            && Objects.equals(map.get("goal"), 20L));
        }
    }

    /** Waits until the relay is switched like that. */
    private static boolean lastRead(RandomAccessFile relay, char wanted) throws IOException {
        int found = relay.read();
        while (found != wanted && found >= 0) {
            found = relay.read();
        }
        return found == wanted;
    }
}
