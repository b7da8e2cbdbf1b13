// Turns `target` on when `source` falls below `low`, and off when it rises above `high`, but leaves it alone for `pause`
// seconds after it was turned: motors do not like to be started every other second.

boolean on;
boolean resting;
double last;

void run(Context self, Path source, Path target, double low, double high, Duration pause) throws Exception {
    last = (low + high) / 2;
    Timer rest = self.timer(Duration.ZERO);
    self.watch(source);
    self.setupDone();
    for (Message message : self.messages()) {
        switch (message) {
            case Change(_, Number value, _) -> last = value.doubleValue();
            case Fired _ -> resting = false;
            default -> {}
        }
        boolean wanted = on ? last <= high : last < low;
        if (wanted != on && !resting) {
            on = wanted;
            self.set(target, on);
            resting = pause.isPositive();
            rest.run(pause);
        }
    }
}
