package distkv.runner.lifecycle;

import static org.assertj.core.api.Assertions.assertThat;

import distkv.model.Guard;
import distkv.runner.lifecycle.Lifecycle.Places;
import distkv.runner.outbox.CommitRequest;
import distkv.runner.worker.Launch;
import distkv.runner.worker.Place;
import distkv.schema.job.Stop;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;

/** Keeps what a lifecycle wants done, for a test that looks at it. */
final class EffectRecorder implements Places {
    final List<CommitRequest> commits = new ArrayList<>();
    final List<Launch> launches = new ArrayList<>();
    final List<Guard> claims = new ArrayList<>();
    final List<Stop> stops = new ArrayList<>();
    final List<String> said = new ArrayList<>();
    /** For which runs there is room. */
    Predicate<Place> room = place -> true;

    void keep(List<Effect> effects) {
        for (Effect effect : effects) {
            switch (effect) {
                case Effect.Commit(CommitRequest request) -> commits.add(request);
                case Effect.Start(Launch launch) -> launches.add(launch);
                case Effect.TakeOver(long _, Guard claim) -> claims.add(claim);
                case Effect.Cancel(long _, Stop why) -> stops.add(why);
                case Effect.Kill _ -> {}
                case Effect.Log(var _, var _, String text) -> said.add(text);
            }
        }
    }

    @Override
    public boolean keep(Place place) {
        return room.test(place);
    }

    @Override
    public void free(Place place) {}

    /** The last commit, which must be for this. */
    CommitRequest last(CommitRequest.Purpose purpose) {
        assertThat(commits).last().extracting(CommitRequest::purpose).isEqualTo(purpose);
        return commits.getLast();
    }

    /** How many claims were asked for. */
    long claimsAsked() {
        return commits.stream()
                .filter(request -> request.purpose() == CommitRequest.Purpose.CLAIM)
                .count();
    }
}
