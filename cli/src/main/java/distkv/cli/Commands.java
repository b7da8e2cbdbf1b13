package distkv.cli;

import distkv.cli.access.RoleCommand;
import distkv.cli.access.RoleDelete;
import distkv.cli.access.RoleList;
import distkv.cli.access.RoleSet;
import distkv.cli.access.TokenCommand;
import distkv.cli.access.TokenCreate;
import distkv.cli.access.TokenList;
import distkv.cli.access.TokenRevoke;
import distkv.cli.access.UserAdd;
import distkv.cli.access.UserCommand;
import distkv.cli.access.UserDelete;
import distkv.cli.access.UserList;
import distkv.cli.access.UserMod;
import distkv.cli.access.UserPassword;
import distkv.cli.code.CodeCall;
import distkv.cli.code.CodeCommand;
import distkv.cli.code.CodeDelete;
import distkv.cli.code.CodeGet;
import distkv.cli.code.CodeList;
import distkv.cli.code.CodeSet;
import distkv.cli.code.CodeSign;
import distkv.cli.code.CodeVerify;
import distkv.cli.code.ModuleCommand;
import distkv.cli.code.ModuleSet;
import distkv.cli.copy.PromoteCommand;
import distkv.cli.data.DataCommand;
import distkv.cli.data.DataDelete;
import distkv.cli.data.DataGet;
import distkv.cli.data.DataList;
import distkv.cli.data.DataMonitor;
import distkv.cli.data.DataSet;
import distkv.cli.data.DataUpdate;
import distkv.cli.error.ErrorCommand;
import distkv.cli.error.ErrorDelete;
import distkv.cli.error.ErrorDump;
import distkv.cli.error.ErrorList;
import distkv.cli.error.ErrorMonitor;
import distkv.cli.error.ErrorResolve;
import distkv.cli.error.ErrorShow;
import distkv.cli.join.JoinCommand;
import distkv.cli.join.NodeCommand;
import distkv.cli.join.NodeInvite;
import distkv.cli.join.NodeList;
import distkv.cli.join.NodeRevoke;
import distkv.cli.key.KeyCommand;
import distkv.cli.key.KeyCreate;
import distkv.cli.key.KeyShow;
import distkv.cli.login.LoginApprove;
import distkv.cli.login.LoginCommand;
import distkv.cli.login.LogoutCommand;
import distkv.cli.login.WhoAmICommand;
import distkv.cli.node.GroupCommand;
import distkv.cli.node.GroupList;
import distkv.cli.node.GroupSet;
import distkv.cli.node.InstallCommand;
import distkv.cli.node.RunAll;
import distkv.cli.node.RunDrain;
import distkv.cli.node.RunUndrain;
import distkv.cli.node.UninstallCommand;
import distkv.cli.ops.AuditCommand;
import distkv.cli.ops.BackupCommand;
import distkv.cli.ops.DemoCommand;
import distkv.cli.ops.ImportCommand;
import distkv.cli.ops.RestoreCommand;
import distkv.cli.ops.ServerCommand;
import distkv.cli.ops.StatusCommand;
import distkv.cli.ops.TrainCommand;
import distkv.cli.ops.UpCommand;
import distkv.cli.run.RunCommand;
import distkv.cli.run.RunDelete;
import distkv.cli.run.RunGet;
import distkv.cli.run.RunHistory;
import distkv.cli.run.RunInfo;
import distkv.cli.run.RunList;
import distkv.cli.run.RunLogs;
import distkv.cli.run.RunMonitor;
import distkv.cli.run.RunPath;
import distkv.cli.run.RunPause;
import distkv.cli.run.RunRestart;
import distkv.cli.run.RunResume;
import distkv.cli.run.RunSet;
import distkv.cli.run.RunState;
import java.util.List;
import java.util.Set;

/** All commands. */
final class Commands {
    /** Names of commands that only the original has. */
    static final Set<String> ORIGINAL = Set.of("job", "dump");

    static final CommandDefinition DATA = CommandDefinition.group(
            DataCommand.class,
            List.of("data"),
            List.of(),
            CommandDefinition.leaf(DataGet.class, "get"),
            CommandDefinition.leaf(DataSet.class, "set"),
            CommandDefinition.leaf(DataList.class, "list"),
            CommandDefinition.leaf(DataDelete.class, "delete"),
            CommandDefinition.leaf(DataMonitor.class, "monitor", "watch"),
            CommandDefinition.leaf(DataUpdate.class, "update"));

    static final CommandDefinition MODULE = CommandDefinition.group(
            ModuleCommand.class,
            List.of("module"),
            List.of(),
            CommandDefinition.leaf(ModuleSet.class, "set"),
            CommandDefinition.leaf(CodeGet.class, "get"),
            CommandDefinition.leaf(CodeList.class, "list"),
            CommandDefinition.leaf(CodeDelete.class, "delete"),
            CommandDefinition.leaf(CodeSign.class, "sign"),
            CommandDefinition.leaf(CodeVerify.class, "verify"));

    static final CommandDefinition CODE = CommandDefinition.group(
            CodeCommand.class,
            List.of("code"),
            List.of(),
            CommandDefinition.leaf(CodeSet.class, "set"),
            CommandDefinition.leaf(CodeGet.class, "get"),
            CommandDefinition.leaf(CodeList.class, "list"),
            CommandDefinition.leaf(CodeDelete.class, "delete"),
            CommandDefinition.leaf(CodeCall.class, "call"),
            CommandDefinition.leaf(CodeSign.class, "sign"),
            CommandDefinition.leaf(CodeVerify.class, "verify"),
            MODULE);

    static final CommandDefinition GROUP = CommandDefinition.group(
            GroupCommand.class,
            List.of("group"),
            List.of("-n", "--node", "-g", "--group"),
            CommandDefinition.leaf(GroupSet.class, "set"),
            CommandDefinition.leaf(GroupList.class, "list"));

    static final CommandDefinition RUN = CommandDefinition.group(
            RunCommand.class,
            List.of("run", "job"),
            List.of("-n", "--node", "-g", "--group"),
            CommandDefinition.leaf(RunAll.class, "all", "run"),
            CommandDefinition.leaf(RunSet.class, "set"),
            CommandDefinition.leaf(RunGet.class, "get"),
            CommandDefinition.leaf(RunList.class, "list"),
            CommandDefinition.leaf(RunState.class, "state"),
            CommandDefinition.leaf(RunDelete.class, "delete"),
            CommandDefinition.leaf(RunRestart.class, "restart"),
            CommandDefinition.leaf(RunPause.class, "pause"),
            CommandDefinition.leaf(RunResume.class, "resume"),
            CommandDefinition.leaf(RunPath.class, "path"),
            CommandDefinition.leaf(RunInfo.class, "info"),
            CommandDefinition.leaf(RunHistory.class, "history"),
            CommandDefinition.leaf(RunMonitor.class, "monitor"),
            CommandDefinition.leaf(RunLogs.class, "logs"),
            CommandDefinition.leaf(RunDrain.class, "drain"),
            CommandDefinition.leaf(RunUndrain.class, "undrain"),
            GROUP);

    static final CommandDefinition ERROR = CommandDefinition.group(
            ErrorCommand.class,
            List.of("error"),
            List.of(),
            CommandDefinition.leaf(ErrorList.class, "list"),
            CommandDefinition.leaf(ErrorShow.class, "show"),
            CommandDefinition.leaf(ErrorDump.class, "dump"),
            CommandDefinition.leaf(ErrorResolve.class, "resolve"),
            CommandDefinition.leaf(ErrorDelete.class, "delete"),
            CommandDefinition.leaf(ErrorMonitor.class, "monitor"));

    static final CommandDefinition KEY = CommandDefinition.group(
            KeyCommand.class,
            List.of("key"),
            List.of(),
            CommandDefinition.leaf(KeyCreate.class, "create"),
            CommandDefinition.leaf(KeyShow.class, "show"));

    static final CommandDefinition CLIENT = CommandDefinition.group(
            ClientCommand.class,
            List.of("client"),
            List.of("-h", "--host", "-p", "--port", "-a", "--auth", "-o", "--output"),
            DATA,
            CODE,
            RUN,
            ERROR);

    static final CommandDefinition NODE = CommandDefinition.group(
            NodeCommand.class,
            List.of("node"),
            List.of(),
            CommandDefinition.leaf(NodeInvite.class, "invite"),
            CommandDefinition.leaf(NodeList.class, "list"),
            CommandDefinition.leaf(NodeRevoke.class, "revoke"));

    static final CommandDefinition USER = CommandDefinition.group(
            UserCommand.class,
            List.of("user"),
            List.of(),
            CommandDefinition.leaf(UserAdd.class, "add"),
            CommandDefinition.leaf(UserList.class, "list"),
            CommandDefinition.leaf(UserMod.class, "mod"),
            CommandDefinition.leaf(UserDelete.class, "delete"),
            CommandDefinition.leaf(UserPassword.class, "password"));

    static final CommandDefinition ROLE = CommandDefinition.group(
            RoleCommand.class,
            List.of("role"),
            List.of(),
            CommandDefinition.leaf(RoleList.class, "list"),
            CommandDefinition.leaf(RoleSet.class, "set"),
            CommandDefinition.leaf(RoleDelete.class, "delete"));

    static final CommandDefinition TOKEN = CommandDefinition.group(
            TokenCommand.class,
            List.of("token"),
            List.of(),
            CommandDefinition.leaf(TokenCreate.class, "create"),
            CommandDefinition.leaf(TokenList.class, "list"),
            CommandDefinition.leaf(TokenRevoke.class, "revoke"));

    static final CommandDefinition LOGIN = CommandDefinition.group(
            LoginCommand.class,
            List.of("login"),
            List.of("--user", "--expires"),
            CommandDefinition.leaf(LoginApprove.class, "approve"));

    static final CommandDefinition ROOT = CommandDefinition.group(
            RootCommand.class,
            List.of("distkv"),
            List.of("-c", "--cfg", "-C", "--conf", "-o", "--output"),
            CLIENT,
            CommandDefinition.leaf(ServerCommand.class, "server"),
            CommandDefinition.leaf(UpCommand.class, "up"),
            CommandDefinition.leaf(PromoteCommand.class, "promote"),
            NODE,
            CommandDefinition.leaf(JoinCommand.class, "join"),
            CommandDefinition.leaf(StatusCommand.class, "status"),
            LOGIN,
            CommandDefinition.leaf(LogoutCommand.class, "logout"),
            CommandDefinition.leaf(WhoAmICommand.class, "whoami"),
            USER,
            ROLE,
            TOKEN,
            CommandDefinition.leaf(AuditCommand.class, "audit"),
            KEY,
            CommandDefinition.leaf(BackupCommand.class, "backup"),
            CommandDefinition.leaf(RestoreCommand.class, "restore"),
            CommandDefinition.leaf(ImportCommand.class, "import"),
            CommandDefinition.leaf(DemoCommand.class, "demo"),
            CommandDefinition.leaf(InstallCommand.class, "install"),
            CommandDefinition.leaf(UninstallCommand.class, "uninstall"),
            CommandDefinition.leaf(TrainCommand.class, "train"));

    private Commands() {}
}
