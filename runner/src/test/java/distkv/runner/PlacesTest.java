package distkv.runner;

import static org.assertj.core.api.Assertions.assertThat;

import distkv.model.Path;
import distkv.schema.Prefixes;
import distkv.schema.job.Kind;
import java.util.Map;
import org.junit.jupiter.api.Test;

class PlacesTest {
    @Test
    void everyPlaceInTheTreeCanBeConfiguredElsewhere() throws Exception {
        Prefixes places = new Prefixes(
                Path.of("my", "code"),
                Path.of("my", "modules"),
                Path.of("my", "errors"),
                Path.of("my", "jobs"),
                Path.of("my", "states"),
                Path.of("my", "claims"),
                Path.of("my", "presence"),
                Path.of("my", "groups"));
        try (World world = new World()) {
            world.runner(world.options("vm", Kind.ANY).group("house").prefixes(places));
            world.set(Path.of("my", "code", "forty", "two"), Map.of("code", "return 42", "is_async", true));
            world.set(Path.of("my", "code", "bad"), Map.of("code", "return ]", "is_async", true));
            world.set(Path.of("my", "jobs", "any", "house", "good"), World.job("forty.two"));
            world.set(Path.of("my", "jobs", "any", "house", "bad"), World.job("bad"));
            assertThat(world.result(Path.of("my", "states", "any", "house", "good")))
                    .isEqualTo(42L);
            world.await(
                    "an error",
                    () -> !world.below(Path.of("my", "errors", "vm")).isEmpty());
            assertThat(world.below(Path.of("my", "presence", "house"))).hasSize(1);
            assertThat(world.below(Path.of(".distkv"))).isEmpty();
        }
    }
}
