package distkv.cli;

import java.util.List;
import java.util.Set;

/** All commands. */
final class Words {
    /** Names of commands that only the original has. */
    static final Set<String> ORIGINAL = Set.of("job", "dump");

    static final Word DATA = Word.group(
            DataGroup.class,
            List.of("data"),
            List.of(),
            Word.leaf(DataGet.class, "get"),
            Word.leaf(DataSet.class, "set"),
            Word.leaf(DataList.class, "list"),
            Word.leaf(DataDelete.class, "delete"),
            Word.leaf(DataMonitor.class, "monitor", "watch"),
            Word.leaf(DataUpdate.class, "update"));

    static final Word MODULE = Word.group(
            ModuleGroup.class,
            List.of("module"),
            List.of(),
            Word.leaf(ModuleSet.class, "set"),
            Word.leaf(CodeGet.class, "get"),
            Word.leaf(CodeList.class, "list"),
            Word.leaf(CodeDelete.class, "delete"));

    static final Word CODE = Word.group(
            CodeGroup.class,
            List.of("code"),
            List.of(),
            Word.leaf(CodeSet.class, "set"),
            Word.leaf(CodeGet.class, "get"),
            Word.leaf(CodeList.class, "list"),
            Word.leaf(CodeDelete.class, "delete"),
            Word.leaf(CodeCall.class, "call"),
            MODULE);

    static final Word GROUP = Word.group(
            GroupCommand.class,
            List.of("group"),
            List.of("-n", "--node", "-g", "--group"),
            Word.leaf(GroupSet.class, "set"),
            Word.leaf(GroupList.class, "list"));

    static final Word RUN = Word.group(
            RunGroup.class,
            List.of("run", "job"),
            List.of("-n", "--node", "-g", "--group"),
            Word.leaf(RunAll.class, "all", "run"),
            Word.leaf(RunSet.class, "set"),
            Word.leaf(RunGet.class, "get"),
            Word.leaf(RunList.class, "list"),
            Word.leaf(RunState.class, "state"),
            Word.leaf(RunDelete.class, "delete"),
            Word.leaf(RunRestart.class, "restart"),
            Word.leaf(RunPause.class, "pause"),
            Word.leaf(RunResume.class, "resume"),
            Word.leaf(RunPath.class, "path"),
            Word.leaf(RunInfo.class, "info"),
            Word.leaf(RunHistory.class, "history"),
            Word.leaf(RunMonitor.class, "monitor"),
            Word.leaf(RunLogs.class, "logs"),
            Word.leaf(RunDrain.class, "drain"),
            Word.leaf(RunUndrain.class, "undrain"),
            GROUP);

    static final Word ERROR = Word.group(
            ErrorGroup.class,
            List.of("error"),
            List.of(),
            Word.leaf(ErrorList.class, "list"),
            Word.leaf(ErrorShow.class, "show"),
            Word.leaf(ErrorDump.class, "dump"),
            Word.leaf(ErrorResolve.class, "resolve"),
            Word.leaf(ErrorDelete.class, "delete"),
            Word.leaf(ErrorMonitor.class, "monitor"));

    static final Word CLIENT = Word.group(
            ClientGroup.class,
            List.of("client"),
            List.of("-h", "--host", "-p", "--port", "-o", "--output"),
            DATA,
            CODE,
            RUN,
            ERROR);

    static final Word ROOT = Word.group(
            Root.class,
            List.of("distkv"),
            List.of("-c", "--cfg", "-C", "--conf", "-o", "--output"),
            CLIENT,
            Word.leaf(ServerCommand.class, "server"),
            Word.leaf(UpCommand.class, "up"),
            Word.leaf(StatusCommand.class, "status"),
            Word.leaf(BackupCommand.class, "backup"),
            Word.leaf(RestoreCommand.class, "restore"),
            Word.leaf(ImportCommand.class, "import"),
            Word.leaf(DemoCommand.class, "demo"),
            Word.leaf(InstallCommand.class, "install"),
            Word.leaf(UninstallCommand.class, "uninstall"),
            Word.leaf(TrainCommand.class, "train"));

    private Words() {}
}
