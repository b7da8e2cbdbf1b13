package distkv.it;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaAccess.Predicates.targetOwner;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.type;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.fields;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.core.importer.Location;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import distkv.protocol.Reply;
import distkv.protocol.Request;
import distkv.runner.worker.PythonCommand;

/** What Maven cannot refuse: the rooms' modules keep their order by themselves. */
@AnalyzeClasses(packages = "distkv", importOptions = ArchitectureTest.MainCode.class)
class ArchitectureTest {
    /** Leaves out tests, wherever a build puts them. */
    static final class MainCode implements ImportOption {
        @Override
        public boolean includes(Location location) {
            return !location.contains("/test-classes/") && !location.contains("-tests.jar");
        }
    }

    @ArchTest
    static final ArchRule packagesDoNotDependOnEachOtherInACircle =
            slices().matching("distkv.(**)").should().beFreeOfCycles();

    @ArchTest
    static final ArchRule theServersTreeKnowsNothingOfConnections = noClasses()
            .that()
            .resideInAPackage("distkv.server.tree..")
            .should()
            .dependOnClassesThat(resideInAnyPackage(
                    "distkv.server",
                    "distkv.server.net..",
                    "distkv.server.request..",
                    "distkv.server.stream..",
                    "distkv.server.message..",
                    "distkv.server.session..",
                    "distkv.protocol.."));

    @ArchTest
    static final ArchRule theServersConnectionsKnowNothingOfWhatRequestsDo = noClasses()
            .that()
            .resideInAPackage("distkv.server.net..")
            .should()
            .dependOnClassesThat(resideInAnyPackage(
                    "distkv.server",
                    "distkv.server.replication..",
                    "distkv.server.request..",
                    "distkv.server.stream..",
                    "distkv.server.message..",
                    "distkv.server.session..",
                    "distkv.server.tree.."));

    @ArchTest
    static final ArchRule theStoresSpiKnowsNothingOfTheKitForEngines = noClasses()
            .that()
            .resideInAPackage("distkv.store")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("distkv.store.engine..");

    /** Its face is what starts it, and what a server is among those that have the same tree. */
    @ArchTest
    static final ArchRule otherRoomsUseTheServersFaceAlone = noClasses()
            .that(not(resideInAPackage("distkv.server..")))
            .should()
            .dependOnClassesThat(
                    resideInAPackage("distkv.server.*..").and(not(resideInAPackage("distkv.server.copy"))));

    /** Its face is what starts it, and the command that starts a worker's parent. */
    @ArchTest
    static final ArchRule otherRoomsUseTheRunnersFaceAlone = noClasses()
            .that(not(resideInAPackage("distkv.runner..")))
            .should()
            .dependOnClassesThat(resideInAnyPackage(
                            "distkv.runner.balance..",
                            "distkv.runner.lifecycle..",
                            "distkv.runner.outbox..",
                            "distkv.runner.schedule..",
                            "distkv.runner.worker..")
                    .and(not(type(PythonCommand.class))));

    @ArchTest
    static final ArchRule sqliteIsUsedInItsRoomAndToCountRowsAlone = noClasses()
            .that(not(resideInAnyPackage("distkv.store.sqlite..", "distkv.bench..")))
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("org.sqlite..", "java.sql..");

    @ArchTest
    static final ArchRule picocliAndYamlAreUsedAtTheCommandLineAlone = noClasses()
            .that(not(resideInAPackage("distkv.cli..")))
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("picocli..", "org.snakeyaml..");

    @ArchTest
    static final ArchRule bouncyCastleIsForCertificatesAndLogInsAlone = noClasses()
            .that(not(resideInAnyPackage("distkv.server.tls..", "distkv.server.access..", "distkv.access..")))
            .should()
            .dependOnClassesThat()
            .resideInAPackage("org.bouncycastle..");

    @ArchTest
    static final ArchRule etcdIsKnownToItsStoreAndToTheBenchmarkAlone = noClasses()
            .that(not(resideInAnyPackage("distkv.store.etcd..", "distkv.bench..")))
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("io.etcd..", "io.grpc..", "io.netty..", "io.vertx..", "com.google.protobuf..");

    @ArchTest
    static final ArchRule theWireIsReadAndWrittenByOurOwnCodec =
            noClasses().should().dependOnClassesThat().resideInAPackage("org.msgpack..");

    @ArchTest
    static final ArchRule onlyThoseWhoRunCodeAndTheCommandLineStartProcesses = noClasses()
            .that(not(resideInAnyPackage(
                    "distkv.code.call..", "distkv.runner.worker..", "distkv.cli..", "distkv.bench..")))
            .should()
            .dependOnClassesThat(type(ProcessBuilder.class))
            .orShould()
            .callMethod(Runtime.class, "exec", String.class)
            .orShould()
            .callMethod(Runtime.class, "exec", String[].class);

    @ArchTest
    static final ArchRule onlyProgramsPrintAndExit = noClasses()
            .that(not(resideInAnyPackage("distkv.worker..", "distkv.cli..", "distkv.bench..")))
            .should()
            .accessField(System.class, "out")
            .orShould()
            .accessField(System.class, "err")
            .orShould()
            .callMethod(System.class, "exit", int.class)
            .orShould()
            .callMethod(Throwable.class, "printStackTrace");

    /** So a fault in any of them ends the process, unless the thread deals with it: a runner does not go on by half. */
    @ArchTest
    static final ArchRule aRunnerHasVitalThreadsAlone = noClasses()
            .that()
            .resideInAPackage("distkv.runner..")
            .should()
            .callMethod(Thread.class, "ofVirtual")
            .orShould()
            .callMethod(Thread.class, "ofPlatform")
            .orShould()
            .callMethod(Thread.class, "startVirtualThread", Runnable.class)
            .orShould()
            .callConstructorWhere(targetOwner(type(Thread.class)));

    @ArchTest
    static final ArchRule requestsAreRecords = classes()
            .that()
            .implement(Request.class)
            .and()
            .areNotInterfaces()
            .should()
            .beRecords();

    @ArchTest
    static final ArchRule repliesAreRecords = classes()
            .that()
            .implement(Reply.class)
            .and()
            .areNotInterfaces()
            .should()
            .beRecords();

    @ArchTest
    static final ArchRule noStateIsOpenToEverybody =
            fields().that().arePublic().should().beFinal();
}
