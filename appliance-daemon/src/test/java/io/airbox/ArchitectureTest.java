package io.airbox;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ImportOption.DoNotIncludeTests;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import com.tngtech.archunit.library.GeneralCodingRules;
import io.airbox.generation.ClosestName;
import io.airbox.generation.GenerationException;
import io.airbox.generation.Message;
import io.airbox.helper.HelperClient;
import io.airbox.helper.HelperException;
import java.util.Arrays;
import org.jspecify.annotations.NullMarked;

/**
 * The arrows of the design, each with its reason; {@code docs/adr/0001-modules.md} tells the whole.
 */
@AnalyzeClasses(packages = "io.airbox", importOptions = DoNotIncludeTests.class)
final class ArchitectureTest {
  private static final String[] LIBRARIES = {
    "io.airbox.sophon..",
    "io.airbox.generation..",
    "io.airbox.flasher..",
    "io.airbox.netplan..",
    "io.airbox.power..",
    "io.airbox.ota.."
  };

  @ArchTest
  static final ArchRule librariesDoNotKnowTheDaemon =
      noClasses()
          .that()
          .resideInAnyPackage(LIBRARIES)
          .should()
          .dependOnClassesThat()
          .resideInAPackage("io.airbox.daemon..")
          .because("each library is read, tested and used without a server");

  @ArchTest
  static final ArchRule librariesAreIndependentExceptOfTheTpu =
      slices()
          .matching("io.airbox.(*)..")
          .namingSlices("$1")
          .should()
          .notDependOnEachOther()
          .ignoreDependency(
              inPackage("io.airbox.daemon"), DescribedPredicate.<JavaClass>alwaysTrue())
          .ignoreDependency(
              DescribedPredicate.<JavaClass>alwaysTrue(), inPackage("io.airbox.sophon"))
          .ignoreDependency(inPackage("io.airbox.helper"), inPackage("io.airbox.netplan.staging"))
          .because("only the daemon wires libraries together; all may ask the TPU");

  @ArchTest
  static final ArchRule noCycles =
      slices()
          .matching("io.airbox.(**)")
          .should()
          .beFreeOfCycles()
          .ignoreDependency(
              DescribedPredicate.<JavaClass>alwaysTrue(),
              JavaClass.Predicates.belongToAnyOf(
                  GenerationException.class, ClosestName.class, Message.class))
          .because(
              "data flows one way; a cycle between packages is two names for one package."
                  + " A module's exception and the words of its messages serve all its packages");

  @ArchTest
  static final ArchRule onlyTheDaemonKnowsVertx =
      onlyIn("io.airbox.daemon..", "io.vertx..", "io.netty..")
          .because("libraries are plain blocking Java, so an event loop is never theirs to block");

  @ArchTest
  static final ArchRule onlyTheLoaderKnowsCommonsConfiguration =
      onlyIn("io.airbox.daemon.config..", "org.apache.commons.configuration2..")
          .because("configuration reaches everybody else as validated records");

  @ArchTest
  static final ArchRule onlyTheBindingsKnowJna =
      onlyIn("io.airbox.sophon.jna..", "com.sun.jna..")
          .because("native memory and C names end where Java names begin");

  @ArchTest
  static final ArchRule onlyTheOnnxEngineKnowsOnnxRuntime =
      onlyIn("io.airbox.generation.engine.onnx..", "ai.onnxruntime..")
          .because("the pipeline runs the same on the TPU");

  @ArchTest
  static final ArchRule onlyPromptsKnowTheTokenizerLibrary =
      onlyIn("io.airbox.generation.prompt..", "ai.djl..")
          .because("a tokenizer is one native library behind one class");

  @ArchTest
  static final ArchRule onlyTheFlasherKnowsSerialPorts =
      onlyIn("io.airbox.flasher..", "com.fazecast..").because("a serial port has one owner");

  @ArchTest
  static final ArchRule onlyThePowerMonitorKnowsMqtt =
      onlyIn("io.airbox.power..", "org.eclipse.paho..", "org.eclipse.tahu..")
          .because("one connection to the broker, one outbox");

  @ArchTest
  static final ArchRule onlyNetplanKnowsYaml =
      onlyIn("io.airbox.netplan..", "org.snakeyaml..")
          .because("YAML is netplan's format, not ours");

  @ArchTest
  static final ArchRule onlyCommandLinesKnowPicocli =
      noClasses()
          .that()
          .resideOutsideOfPackages("io.airbox.daemon..", "io.airbox.flasher.cli..")
          .should()
          .dependOnClassesThat()
          .resideInAPackage("picocli..")
          .because("a command line is an edge");

  @ArchTest
  static final ArchRule accessKnowsNoServer =
      noClasses()
          .that()
          .resideInAnyPackage("io.airbox.daemon.access..", "io.airbox.daemon.storage..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(
              "io.vertx..",
              "io.netty..",
              "io.airbox.daemon.cli..",
              "io.airbox.daemon.http..",
              "io.airbox.daemon.jobs..",
              "io.airbox.daemon.pictures..")
          .because("who may do what is read and tested without a port");

  @ArchTest
  static final ArchRule onlyAccessAndTlsKnowBouncyCastle =
      noClasses()
          .that()
          .resideOutsideOfPackages("io.airbox.daemon.access..", "io.airbox.daemon.tls..")
          .should()
          .dependOnClassesThat()
          .resideInAPackage("org.bouncycastle..")
          .because("cryptography that the JDK lacks is passphrases and certificates, no more");

  @ArchTest
  static final ArchRule samplingIsPure =
      noClasses()
          .that()
          .resideInAnyPackage("io.airbox.generation.sampling..", "io.airbox.generation.random..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(
              "io.airbox.generation.engine..",
              "io.airbox.generation.pack..",
              "java.nio.file..",
              "java.io..")
          .because("schedulers are functions on arrays, held to published vectors");

  @ArchTest
  static final ArchRule rootWorkKnowsTheJdkAlone =
      classes()
          .that()
          .resideInAnyPackage("io.airbox.helper..", "io.airbox.netplan.staging..")
          .should()
          .onlyDependOnClassesThat()
          .resideInAnyPackage(
              "io.airbox.helper..",
              "io.airbox.netplan.staging..",
              "java..",
              "jdk.net..",
              "org.jspecify..")
          .because("what runs as root is small enough to be read whole");

  @ArchTest
  static final ArchRule rootWorkIsAskedForThroughItsClient =
      noClasses()
          .that()
          .resideOutsideOfPackage("io.airbox.helper..")
          .should()
          .dependOnClassesThat(
              inPackage("io.airbox.helper")
                  .and(
                      DescribedPredicate.not(
                          JavaClass.Predicates.belongToAnyOf(
                              HelperClient.class, HelperException.class))))
          .because("verbs, checks and steps belong to the side that has root");

  @ArchTest
  static final ArchRule onlyTheNotifierKnowsNativeSockets =
      onlyIn("io.airbox.daemon.systemd..", "io.netty.channel.epoll..", "io.netty.channel.unix..")
          .because("the daemon runs on the JDK's transport");

  @ArchTest
  static final ArchRule loggingIsTinylog =
      noClasses()
          .that()
          .doNotHaveFullyQualifiedName("io.airbox.power.mqtt.PahoLog") // silences one of them
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage("org.slf4j..", "java.util.logging..", "org.apache.commons.logging..")
          .because("one logger; others arrive through the bridges");

  @ArchTest
  static final ArchRule noGenericExceptions =
      GeneralCodingRules.NO_CLASSES_SHOULD_THROW_GENERIC_EXCEPTIONS;

  @ArchTest
  static final ArchRule namesSayWhatThingsAre =
      noClasses()
          .should()
          .haveSimpleNameEndingWith("Utils")
          .orShould()
          .haveSimpleNameEndingWith("Util")
          .orShould()
          .haveSimpleNameEndingWith("Helper")
          .orShould()
          .haveSimpleNameEndingWith("Manager")
          .orShould()
          .haveSimpleNameEndingWith("Impl")
          .because("such a name hides what the type does");

  @ArchTest
  static final ArchRule everyPackageIsDescribedAndNullMarked =
      classes()
          .that(
              DescribedPredicate.describe(
                  "are written by hand and at the top level",
                  type -> type.isTopLevelClass() && !type.getName().endsWith("package-info")))
          .should(
              new ArchCondition<>("be in a package with a documented, @NullMarked package-info") {
                @Override
                public void check(JavaClass type, ConditionEvents events) {
                  boolean marked =
                      type.getPackage().tryGetPackageInfo().isPresent()
                          && type.getPackage().isAnnotatedWith(NullMarked.class);
                  if (!marked) {
                    events.add(
                        SimpleConditionEvent.violated(
                            type,
                            type.getPackageName() + " lacks package-info.java with @NullMarked"));
                  }
                }
              });

  @ArchTest
  static final ArchRule classesAreFinalUnlessMeantToBeExtended =
      classes()
          .that()
          .areTopLevelClasses()
          .and()
          .areNotInterfaces()
          .and()
          .doNotHaveModifier(JavaModifier.ABSTRACT)
          .and()
          .haveSimpleNameNotEndingWith("package-info")
          .should()
          .haveModifier(JavaModifier.FINAL)
          .because("inheritance is designed for or forbidden");

  private static ArchRule onlyIn(String home, String... libraries) {
    return noClasses()
        .that()
        .resideOutsideOfPackage(home)
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(libraries)
        .as("only " + home + " uses " + Arrays.toString(libraries));
  }

  private static DescribedPredicate<JavaClass> inPackage(String name) {
    return JavaClass.Predicates.resideInAPackage(name + "..");
  }
}
