package distkv.model;

/** Paths as people write them. */
final class PathText {
    private PathText() {}

    static Path parse(String text) {
        if (text.isEmpty()) {
            throw new PathSyntaxException(text);
        }
        return text.equals(":") ? Path.ROOT : Path.of((Object[]) text.split("\\.", -1));
    }

    static String print(Path path) {
        return path.elements().toString();
    }
}
