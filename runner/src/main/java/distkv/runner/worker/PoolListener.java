package distkv.runner.worker;

/** Is told what becomes of runs. */
public interface PoolListener {
    void changed(RunEvent event);

    void log(Launch launch, String level, String text, double at);

    /** There is room for more runs. */
    void roomMade();

    /** Something is wrong with the workers in general. */
    void trouble(String what);
}
