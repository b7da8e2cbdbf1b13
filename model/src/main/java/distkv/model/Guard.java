package distkv.model;

/**
 * A fence: the commit it belongs to only happens while the entry at {@code path} is the one that {@code tick} wrote.
 * The path need not be written by the commit.
 */
public record Guard(Path path, long tick) {}
