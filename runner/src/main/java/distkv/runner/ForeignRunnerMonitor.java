package distkv.runner;

import distkv.client.Client;
import distkv.client.ClientException;
import distkv.client.LogInException;
import distkv.client.Monitor;
import distkv.client.ReceivedMessage;
import distkv.model.process.VitalThreads;
import distkv.protocol.Etype;
import distkv.runner.group.Heartbeat;
import distkv.schema.job.Kind;
import java.util.ArrayList;
import java.util.List;

/**
 * Listens for runners of the original that serve the same jobs as this one, on a virtual thread for each topic. The
 * topics are the defaults of distkv 0.65 and moat-kv 0.71; they name the group, not the place of its jobs in the tree.
 */
final class ForeignRunnerMonitor implements AutoCloseable {
    private static final List<List<String>> ROOTS = List.of(List.of(":distkv", "run"), List.of("moat", "kv", "run"));

    private final RunnerOptions options;
    private final Events events;
    private final List<Monitor> monitors = new ArrayList<>();

    ForeignRunnerMonitor(RunnerOptions options, Events events) {
        this.options = options;
        this.events = events;
    }

    /** Starts to listen. */
    void open(Client client) throws InterruptedException {
        for (List<String> topic : topics()) {
            String name = String.join("/", topic);
            try {
                Monitor monitor = client.monitor(topic);
                monitors.add(monitor);
                VitalThreads.virtual("foreign runners " + name, () -> listen(name, monitor))
                        .start();
            } catch (ClientException e) {
                cannotHear(name, e);
            }
        }
    }

    private void cannotHear(String topic, ClientException why) {
        // Of a log-in that is refused the runner is told by itself.
        if (!(why instanceof LogInException)) {
            events.put(new Event.Printed(
                    "cannot listen for runners of the original on " + topic + ": " + why.getMessage()));
        }
    }

    private List<List<String>> topics() {
        List<List<String>> topics = new ArrayList<>();
        for (List<String> root : ROOTS) {
            for (Kind kind : options.kinds()) {
                List<String> topic = new ArrayList<>(root);
                switch (kind) {
                    case ANY -> topic.add("any");
                    case AT -> topic.addAll(List.of("single", options.node()));
                    case ALL -> topic.add("all");
                }
                topic.add(options.group());
                topics.add(topic);
            }
        }
        return topics;
    }

    private void listen(String topic, Monitor monitor) {
        try {
            while (hear(topic, monitor)) {
                // Until it is closed.
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (ClientException e) {
            cannotHear(topic, e);
        }
    }

    private boolean hear(String topic, Monitor monitor) throws InterruptedException {
        try {
            ReceivedMessage message = monitor.next();
            Heartbeat heartbeat = message == null ? null : Heartbeat.read(message.data());
            if (heartbeat != null) {
                events.put(new Event.ForeignHeartbeat(topic, heartbeat));
            }
            return message != null;
        } catch (ClientException e) {
            if (e.etype() != Etype.OVERFLOW) {
                throw e;
            }
            return true;
        }
    }

    @Override
    public void close() {
        monitors.forEach(Monitor::close);
    }
}
